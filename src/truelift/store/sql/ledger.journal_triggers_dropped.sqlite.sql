-- Takes the journal's guards away, so that a revision can make those of today. Statements are separated
-- by lines that say "-- next".
DROP TRIGGER IF EXISTS journal_entry_seal
-- next
DROP TRIGGER IF EXISTS journal_entry_no_update
-- next
DROP TRIGGER IF EXISTS journal_entry_no_delete
-- next
DROP TRIGGER IF EXISTS journal_posting_sealed
-- next
DROP TRIGGER IF EXISTS journal_posting_no_update
-- next
DROP TRIGGER IF EXISTS journal_posting_no_delete
