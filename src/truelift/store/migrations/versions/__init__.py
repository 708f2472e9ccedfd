"""The revisions, in order; `store.migrate.HEAD` names the last of them."""
