-- dialect: postgresql
-- The guards of a table of kept records in PostgreSQL: no record ever changes. The table's name takes
-- the place of kept_record. Statements are separated by lines that say "-- next".
CREATE FUNCTION kept_record_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $guard$
BEGIN
  IF EXISTS (SELECT FROM kept_record WHERE brand = NEW.brand AND sha256 = NEW.sha256) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
      MESSAGE = 'kept_record: this record is kept already';
  END IF;
  RETURN NEW;
END
$guard$
-- next
CREATE TRIGGER kept_record_once BEFORE INSERT ON kept_record
FOR EACH ROW EXECUTE FUNCTION kept_record_once()
-- next
CREATE FUNCTION kept_record_never_changes() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation',
    MESSAGE = 'kept_record: a kept record never changes; keep a new one';
END
$guard$
-- next
CREATE TRIGGER kept_record_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON kept_record
FOR EACH STATEMENT EXECUTE FUNCTION kept_record_never_changes()
-- next
CREATE TRIGGER kept_record_row_no_change BEFORE UPDATE OR DELETE ON kept_record
FOR EACH ROW EXECUTE FUNCTION kept_record_never_changes()
