-- The days of every creator's posts as known, for how old the newest one was: creator, published_at.
-- In: measurement.post_readings.
select creator, published_at
from @given(readings)
where creator is not null and published_at <= $as_of
order by creator nulls first, published_at nulls first
