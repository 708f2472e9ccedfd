-- dialect: duckdb
-- The columns of the fact tables of this file, as they are.
select table_name, column_name from duckdb_columns() where table_name like 'fact\_%' escape '\'
