-- dialect: sqlite
-- The guards of a table of kept records in SQLite: no record ever changes. The table's name takes the
-- place of kept_record. Statements are separated by lines that say "-- next".
CREATE TRIGGER kept_record_once BEFORE INSERT ON kept_record
BEGIN
  SELECT RAISE(ABORT, 'kept_record: this record is kept already')
  WHERE EXISTS (SELECT 1 FROM kept_record WHERE brand = NEW.brand AND sha256 = NEW.sha256);
END
-- next
CREATE TRIGGER kept_record_no_update BEFORE UPDATE ON kept_record
BEGIN
  SELECT RAISE(ABORT, 'kept_record: a kept record never changes; keep a new one');
END
-- next
CREATE TRIGGER kept_record_no_delete BEFORE DELETE ON kept_record
BEGIN
  SELECT RAISE(ABORT, 'kept_record: a kept record is never deleted');
END
