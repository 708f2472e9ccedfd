-- dialect: postgresql
-- What the application may do in PostgreSQL: read everything, add to everything, and change what is
-- no evidence. It owns no table, so it can neither switch a guard off nor change what is written for
-- ever. Run by the tables' owner where the role exists; whoever may makes the role once by
-- CREATE ROLE truelift_application NOLOGIN, and gives it to a login by
-- GRANT truelift_application TO <login>. Nothing happens where there is no such role.
DO $role$
DECLARE
  each text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'truelift_application') THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA public TO truelift_application;
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LOOP
    EXECUTE format('REVOKE ALL ON %%I FROM truelift_application', each);
    EXECUTE format('GRANT SELECT ON %%I TO truelift_application', each);
    IF each <> 'alembic_version' THEN
      EXECUTE format('GRANT INSERT ON %%I TO truelift_application', each);
    END IF;
    IF each <> ALL (ARRAY[
      'alembic_version', 'accounting_period', 'audit_record', 'baseline_seal', 'control_record',
      'fx_rate', 'imported_file', 'journal_entry', 'journal_posting', 'science_record'
    ]) THEN
      EXECUTE format('GRANT UPDATE ON %%I TO truelift_application', each);
    END IF;
    IF each = ANY (ARRAY[
      'catalog_aliases', 'period_status', 'person_role', 'person_session', 'quarantine'
    ]) THEN
      EXECUTE format('GRANT DELETE ON %%I TO truelift_application', each);
    END IF;
  END LOOP;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO truelift_application;
END
$role$
