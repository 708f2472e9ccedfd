-- dialect: postgresql
-- The guards of sealed baselines in PostgreSQL: a pre-registration never changes. Statements are
-- separated by lines that say "-- next".
CREATE FUNCTION baseline_seal_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $guard$
BEGIN
  IF EXISTS (SELECT FROM baseline_seal WHERE brand = NEW.brand AND sha256 = NEW.sha256) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
      MESSAGE = 'baseline: this record is sealed already';
  END IF;
  RETURN NEW;
END
$guard$
-- next
CREATE TRIGGER baseline_seal_once BEFORE INSERT ON baseline_seal
FOR EACH ROW EXECUTE FUNCTION baseline_seal_once()
-- next
CREATE FUNCTION baseline_seal_never_changes() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation',
    MESSAGE = 'baseline: a sealed record never changes and is never deleted; seal a new one that says why';
END
$guard$
-- next
CREATE TRIGGER baseline_seal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON baseline_seal
FOR EACH STATEMENT EXECUTE FUNCTION baseline_seal_never_changes()
-- next
CREATE TRIGGER baseline_seal_row_no_change BEFORE UPDATE OR DELETE ON baseline_seal
FOR EACH ROW EXECUTE FUNCTION baseline_seal_never_changes()
