"""Worker: the running process. What is due is done, commands of other processes are run, and the
doors are served; one process owns a workspace's facts.

In:   a workspace that this process holds.
Out:  operations run when they are due; bytes of commands; an HTTP server.
Must not: hold meaning; decide who may do what.
"""
