-- dialect: duckdb
-- What came last of a kind, by source, and how much of it came in since a time.
-- $recorded: only what was recorded from then on.
select {source} as source, max({occurred}) as newest, max(recorded_at) as recorded_at,
    count(*) filter (recorded_at >= $since) as fresh_rows
from fact_{kind}
where brand = $brand and superseded_at is null and recorded_at >= $recorded
group by all having count(*) > 0
order by source nulls first
