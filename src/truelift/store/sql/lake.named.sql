-- dialect: duckdb
-- The rows of a kind under the name that every query asks for.
create temp view fact_{kind} as
{versions}
