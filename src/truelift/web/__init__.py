"""Web: pages for people in a browser. Nothing yet.

In:   a request for a page.
Out:  the rows of reports as a page.
Must not: touch the store or a connector; compute a figure.
"""
