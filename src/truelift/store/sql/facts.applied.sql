-- dialect: duckdb
insert into applied_segment
select number, $kind, count(*) from applied_rows group by number
