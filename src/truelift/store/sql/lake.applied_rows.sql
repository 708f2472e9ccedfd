-- dialect: duckdb
-- How many rows of a kind were accepted up to a segment.
select cast(coalesce(sum(rows_applied), 0) as bigint) as rows
from applied_segment
where kind = $kind and number <= $number
