"""Migrations: how a workspace database comes to the tables of this version, step by step.

In:   a connection, handed in by `store.migrate`.
Out:  the tables and guards of each revision (`versions/`), in order; forward only.

A revision says what it makes with its own words (`revision_0001/`), never with today's
descriptions of the tables: those go on, and a revision stays what it was.
"""
