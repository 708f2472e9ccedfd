-- dialect: duckdb
insert into {table} by name select * from given_rows
