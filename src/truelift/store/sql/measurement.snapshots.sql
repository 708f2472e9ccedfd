-- Every reading of the organic posts of some platforms that were read more than once: posts that
-- neither we nor another brand sponsored, nobody boosted and nobody deleted. Readings with estimated
-- counters are no measurement and left out.
with posts as (
    select * from @known(posts) as known_posts
    where published_at <= $as_of and sponsored_by is null and deleted_at is null
),
readings as (
    select
        *,
        count(*) over (partition by platform, post_id) as times,
        max(coalesce(paid_views, 0) + coalesce(paid_impressions, 0))
            over (partition by platform, post_id) as paid
    from @known(observations) as known_observations
    where observed_at <= $as_of and estimated is null
)
select
    posts.platform, posts.post_id, posts.format, posts.published_at, readings.observed_at,
    readings.views, readings.reach, readings.impressions, readings.likes, readings.comments,
    readings.shares, readings.saves, readings.replies, readings.follows, readings.link_clicks
from posts
join @given(platforms) as platforms on platforms.platform = posts.platform
join readings
    on readings.platform = posts.platform and readings.post_id = posts.post_id
    and readings.times > 1 and readings.paid = 0
left join @given(sponsored) as sponsored
    on sponsored.platform = posts.platform and sponsored.post_id = posts.post_id
where sponsored.post_id is null
order by
    posts.platform nulls first, posts.post_id nulls first, readings.observed_at nulls first
