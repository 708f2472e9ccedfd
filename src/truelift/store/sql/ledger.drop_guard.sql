-- dialect: sqlite
-- A guard of an earlier version goes, in the migration that makes it again. Its name takes the place.
DROP TRIGGER guard_name
