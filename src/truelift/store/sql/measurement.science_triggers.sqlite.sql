-- dialect: sqlite
-- The guards of science records in SQLite: what a figure was computed with never changes. Statements
-- are separated by lines that say "-- next".
CREATE TRIGGER science_record_once BEFORE INSERT ON science_record
BEGIN
  SELECT RAISE(ABORT, 'science: this record is kept already')
  WHERE EXISTS (SELECT 1 FROM science_record WHERE brand = NEW.brand AND sha256 = NEW.sha256);
END
-- next
CREATE TRIGGER science_record_no_update BEFORE UPDATE ON science_record
BEGIN
  SELECT RAISE(ABORT, 'science: a kept record never changes; keep a new one');
END
-- next
CREATE TRIGGER science_record_no_delete BEFORE DELETE ON science_record
BEGIN
  SELECT RAISE(ABORT, 'science: a kept record is never deleted');
END
