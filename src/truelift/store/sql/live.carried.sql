-- dialect: duckdb
-- What stands beside the facts, to be taken over when the file is made again.
select * from {table}
