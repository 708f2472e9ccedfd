-- Every post with its creator and its last complete reading as known at $as_of: the newest with all of
-- views, likes, comments, shares and saves that the post's readings ever had, so that an export with fewer columns does not take a post
-- out and nothing is spliced from two ages; where none is complete, the newest. A post without any
-- reading has nulls. A reading dated before its post or after its deletion is no reading of it: clocks
-- differ, and a platform may answer 0 for what is gone. The creator is the post's own, else the owner of
-- its handle when it was published, else the handle itself as platform:handle.
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
seen_of_posts as (
    select
        seen.*,
        case when (seen.views is null and count(seen.views) over readings_of_post > 0)
            or (seen.likes is null and count(seen.likes) over readings_of_post > 0)
            or (seen.comments is null and count(seen.comments) over readings_of_post > 0)
            or (seen.shares is null and count(seen.shares) over readings_of_post > 0)
            or (seen.saves is null and count(seen.saves) over readings_of_post > 0)
            then 1 else 0 end as lacking,
        min(seen.observed_at) over readings_of_post as first_observed_at,
        max(case when seen.paid_views > 0 or seen.paid_impressions > 0 then 1 else 0 end)
            over readings_of_post as boosted
    from @known(observations) as seen
    join posts on posts.platform = seen.platform and posts.post_id = seen.post_id
    where seen.observed_at <= $as_of and seen.observed_at >= posts.published_at
        and (posts.deleted_at is null or seen.observed_at <= posts.deleted_at)
    window readings_of_post as (partition by seen.platform, seen.post_id)
),
readings as (
    select
        *,
        row_number() over (
            partition by platform, post_id
            order by lacking nulls last, observed_at desc nulls last
        ) as preference
    from seen_of_posts
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
    and readings.preference = 1
order by posts.platform nulls first, posts.post_id nulls first
