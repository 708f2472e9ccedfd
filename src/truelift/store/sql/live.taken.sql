-- dialect: duckdb
select worker, segment, byte from spool_taken
