-- dialect: duckdb
-- Rows of a merged segment with their version: 1 for those of the first segment that names a key,
-- 2 for those of the second, and so on.
select *, dense_rank() over (partition by {key} order by {number}) as version
from segment_rows
order by {number}
