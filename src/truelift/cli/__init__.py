"""Cli: the command-line door.

In:   words of a command line.
Out:  data on stdout, progress and one clear sentence per error on stderr, an exit code.
Must not: touch the store or a connector; compute a figure.
"""
