-- dialect: duckdb
-- The rows of a kind in a lake of an older version: columns that it lacks are null.
create temp view lake_{kind} as
select * from given_{kind}
union all by name
select * from every_column_of_{kind}
