-- dialect: duckdb
-- On which days something of a kind came in, by source, and when last.
select {source} as source, cast(recorded_at as date) as day, max(recorded_at) as recorded_at
from fact_{kind}
where brand = $brand and recorded_at >= $since and recorded_at <= $known_at
group by all
order by source nulls first, day
