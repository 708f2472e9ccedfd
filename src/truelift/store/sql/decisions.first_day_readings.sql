-- Readings of organic posts at about a day old, of each post the one nearest to 24 hours (18 to 30).
-- Readings with estimated or paid counters are left out: they are no measurement of what was organic.
with posts as (
    select * from @known(posts) as known_posts
    where published_at <= $as_of and sponsored_by is null and deleted_at is null
),
aged as (
    select
        posts.platform, posts.post_id, seen.observed_at,
        seen.likes, seen.comments, seen.shares, seen.saves,
        abs(@seconds(posts.published_at, seen.observed_at) - 86400) as away
    from posts
    join @known(observations) as seen
        on seen.platform = posts.platform and seen.post_id = posts.post_id
    where seen.observed_at <= $as_of and seen.estimated is null
        and coalesce(seen.paid_views, 0) + coalesce(seen.paid_impressions, 0) = 0
),
nearest as (
    select
        *,
        row_number() over (
            partition by platform, post_id order by away nulls last, observed_at nulls last
        ) as preference
    from aged
    where away <= 21600
)
select platform, post_id, likes, comments, shares, saves
from nearest
where preference = 1
order by platform nulls first, post_id nulls first
