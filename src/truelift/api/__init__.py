"""Api: the door for other programs, over HTTP. Nothing yet.

In:   a request with a token.
Out:  the rows of reports as JSON.
Must not: touch the store or a connector; compute a figure.
"""
