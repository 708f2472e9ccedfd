-- How many readings of posts there are beyond each post's first, and the newest reading, by platform:
-- what an ageing curve could be fitted on, counted without reading any of it.
with readings as (
    select platform, post_id, count(*) as times, max(observed_at) as newest
    from @known(observations) as known_observations
    where observed_at <= $as_of
    group by platform, post_id
)
select platform, sum(times - 1) as pairs, max(newest) as newest
from readings
group by platform
order by platform nulls first
