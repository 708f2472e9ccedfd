-- dialect: duckdb
insert into applied_segment values ($number, $kind, $rows)
