-- dialect: duckdb
select number from applied_segment where number > 0
