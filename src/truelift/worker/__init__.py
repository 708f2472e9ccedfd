"""Worker: the running process; what is due is done, commands of others are run, doors are served.

One process owns a workspace's facts.

In:   a workspace that this process holds.
Out:  operations run when they are due; bytes of commands; an HTTP server.
Must not: hold meaning; decide who may do what.
"""
