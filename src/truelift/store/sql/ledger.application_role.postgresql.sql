-- dialect: postgresql
-- What the application may do in PostgreSQL: read the books and add to them. It owns no table, so it
-- can neither switch a guard off nor change what is written. Run once by the tables' owner; a login
-- is given the role by: GRANT truelift_application TO <login>. Statements are separated by lines that
-- say "-- next".
DO $role$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'truelift_application') THEN
    CREATE ROLE truelift_application NOLOGIN;
  END IF;
END
$role$
-- next
GRANT USAGE ON SCHEMA public TO truelift_application
-- next
GRANT SELECT, INSERT ON journal_entry, journal_posting, fx_rate, control_record
TO truelift_application
-- next
GRANT SELECT ON brand, accounting_period TO truelift_application
-- next
GRANT USAGE ON SEQUENCE control_record_number_seq TO truelift_application
-- next
GRANT SELECT, INSERT, UPDATE ON period_movement TO truelift_application
-- next
GRANT SELECT, INSERT, UPDATE, DELETE ON period_status TO truelift_application
