"""Journal export: the entries of book `fin` as files that other programs read.

In:   an ExportBatch: entries, control totals, the account mapping.
Out:  ExportFile values, the same bytes for the same batch; one module per format.
Must not: book, round or leave out anything that moves a balance.
"""
