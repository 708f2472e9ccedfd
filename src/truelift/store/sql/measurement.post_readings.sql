-- Every post with its creator and its newest reading as known at $as_of; a post without any reading
-- has nulls. A reading dated before its post or after its deletion is no reading of it: clocks differ,
-- and a platform may answer 0 for what is gone. The creator is the post's own, else the owner of its handle when it was published, else
-- the handle itself as platform:handle.
with posts as (
    select * from @known(posts) as known_posts where published_at <= $as_of
),
owners as (
    select
        posts.platform, posts.post_id, profiles.creator,
        row_number() over (
            partition by posts.platform, posts.post_id
            order by profiles.valid_from desc nulls last, profiles.creator nulls last
        ) as preference
    from posts
    join @catalog(profiles) as profiles
        on profiles.platform = posts.platform and profiles.handle = posts.handle
    where (profiles.valid_from is null or profiles.valid_from <= posts.published_at)
        and (profiles.valid_to is null or posts.published_at < profiles.valid_to)
),
readings as (
    select
        seen.*,
        row_number() over (
            partition by seen.platform, seen.post_id order by seen.observed_at desc nulls last
        ) as recency,
        min(seen.observed_at) over (partition by seen.platform, seen.post_id) as first_observed_at,
        max(case when seen.paid_views > 0 or seen.paid_impressions > 0 then 1 else 0 end)
            over (partition by seen.platform, seen.post_id) as boosted
    from @known(observations) as seen
    join posts on posts.platform = seen.platform and posts.post_id = seen.post_id
    where seen.observed_at <= $as_of and seen.observed_at >= posts.published_at
        and (posts.deleted_at is null or seen.observed_at <= posts.deleted_at)
)
select
    posts.platform, posts.post_id,
    coalesce(posts.creator, owners.creator, posts.platform || ':' || posts.handle) as creator,
    posts.published_at, posts.format, posts.sponsored_by,
    case when posts.deleted_at <= $as_of then posts.deleted_at end as deleted_at,
    readings.observed_at, readings.first_observed_at,
    readings.views, readings.reach, readings.impressions, readings.likes, readings.comments,
    readings.shares, readings.saves, readings.replies, readings.follows, readings.link_clicks,
    readings.paid_views, readings.paid_impressions, coalesce(readings.boosted, 0) as boosted,
    readings.source_file, readings.source_line
from posts
left join owners
    on owners.platform = posts.platform and owners.post_id = posts.post_id
    and owners.preference = 1
left join readings
    on readings.platform = posts.platform and readings.post_id = posts.post_id
    and readings.recency = 1
order by posts.platform nulls first, posts.post_id nulls first
