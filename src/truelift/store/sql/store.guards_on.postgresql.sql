-- dialect: postgresql
-- Switches the guards of every table on again; as the tables' owner, in the transaction that copies.
DO $guards$
DECLARE
  each text;
BEGIN
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LOOP
    EXECUTE format('ALTER TABLE %%I ENABLE TRIGGER USER', each);
  END LOOP;
END
$guards$
