-- dialect: postgresql
-- Lets every text of ours sort by its bytes, as in SQLite, whatever the database sorts by; a table at
-- a time, so that its rows and indexes are written again once.
DO $bytes$
DECLARE
  each record;
BEGIN
  FOR each IN
    SELECT table_name, string_agg(format(
        'ALTER COLUMN %%I TYPE %%s COLLATE "C"', column_name,
        data_type || coalesce('(' || character_maximum_length || ')', '')
      ), ', ' ORDER BY column_name) AS changes
    FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('character varying', 'text')
      AND collation_name IS DISTINCT FROM 'C'
    GROUP BY table_name
    ORDER BY table_name NULLS LAST
  LOOP
    EXECUTE format('ALTER TABLE %%I %%s', each.table_name, each.changes);
  END LOOP;
END
$bytes$
