-- dialect: duckdb
insert into applied_segment (number, kind, rows_applied, brand)
select log_number, $kind, count(*), case when min(brand) = max(brand) then min(brand) end
from applied_rows
group by log_number
