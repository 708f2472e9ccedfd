"""Web: pages for people in a browser; each with a CSV and a JSON twin at the same query.

In:   a request for a page: its path and its query.
Out:  the rows of reports as a page, or as the bytes that the command line would write.
Must not: touch the store or a connector; compute a figure.
"""
