-- dialect: duckdb
-- When the newest row of a kind that the lake holds was recorded.
select max(recorded_at) as recorded_at
from lake_{kind}
where brand = $brand
