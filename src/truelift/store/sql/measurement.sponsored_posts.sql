-- Our sponsored posts: a post is ours when its campaign or campaigns, a deliverable, a link or a
-- campaign hashtag names it. A post that another brand sponsored is neither ours nor organic. A post
-- of several campaigns belongs to each by its share.
with posts as (
    select * from @known(posts) as known_posts where published_at <= $as_of and sponsored_by is null
),
named as (
    select platform, post_id, campaign, cast(1000000 as bigint) as share_ppm
    from posts where campaign is not null
    union all
    select posts.platform, posts.post_id, shared.campaign, shared.share_ppm
    from posts join @given(post_campaigns) as shared
        on shared.platform = posts.platform and shared.post_id = posts.post_id
    union all
    select posts.platform, posts.post_id, agreements.campaign, cast(1000000 as bigint) as share_ppm
    from posts
    join @catalog(deliverables) as deliverables on deliverables.deliverable = posts.deliverable
    join @catalog(agreements) as agreements on agreements.agreement = deliverables.agreement
    where agreements.campaign is not null
    union all
    select posts.platform, posts.post_id, agreements.campaign, cast(1000000 as bigint) as share_ppm
    from posts
    join @catalog(deliverables) as deliverables
        on deliverables.post_id = posts.post_id
        and coalesce(deliverables.platform, posts.platform) = posts.platform
    join @catalog(agreements) as agreements on agreements.agreement = deliverables.agreement
    where agreements.campaign is not null
    union all
    select posts.platform, posts.post_id, links.campaign, cast(1000000 as bigint) as share_ppm
    from posts join @catalog(links) as links on links.post_id = posts.post_id
    where links.campaign is not null
    union all
    select posts.platform, posts.post_id, tags.campaign, cast(1000000 as bigint) as share_ppm
    from posts
    join @known(mentions) as mentions
        on mentions.platform = posts.platform and mentions.post_id = posts.post_id
    join @given(campaign_hashtags) as tags on tags.hashtag = lower(mentions.tag)
    where posts.published_at >= tags.flight_start and posts.published_at < tags.flight_end
    union all
    select posts.platform, posts.post_id, tags.campaign, cast(1000000 as bigint) as share_ppm
    from posts
    join @given(caption_hashtags) as written
        on written.platform = posts.platform and written.post_id = posts.post_id
    join @given(campaign_hashtags) as tags on tags.hashtag = written.hashtag
    where posts.published_at >= tags.flight_start and posts.published_at < tags.flight_end
)
select platform, post_id, campaign, min(share_ppm) as share_ppm
from named
group by platform, post_id, campaign
