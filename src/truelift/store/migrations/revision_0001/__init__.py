"""What revision 0001 makes: the workspace's tables, the catalog's, the journal's."""
