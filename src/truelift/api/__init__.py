"""Api: the door for other programs, over HTTP.

In:   rows of any kind as JSON, with a bearer token; questions about figures.
Out:  a verdict per row; the same JSON as the command line and the pages give; its own description.
Must not: touch the store or a connector; compute a figure.
"""
