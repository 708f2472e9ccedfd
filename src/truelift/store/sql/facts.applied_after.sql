-- dialect: duckdb
select number, kind, rows_applied from applied_segment where number > $number order by number
