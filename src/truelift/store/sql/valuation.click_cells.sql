-- Clicks on our links by owner and day, raw and counted (human). A click on an evergreen link
-- belongs to the campaign its creator was live in.
with clicks as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, clicks.class, links.creator,
        links.campaign as link_campaign, links.post_id
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where clicks.clicked_at <= $as_of and links.creator is not null
),
placed as (
    select
        clicks.click_id, launches.campaign,
        row_number() over (
            partition by clicks.click_id
            order by launches.launched_at desc nulls last, launches.campaign nulls last
        ) as preference
    from clicks
    join @given(launches) as launches
        on launches.creator = clicks.creator
        and clicks.clicked_at >= launches.launched_at and clicks.clicked_at < launches.ends_at
    where clicks.link_campaign is null
),
post_platforms as (
    select post_id, min(platform) as platform
    from @known(posts) as known_posts
    group by post_id
    having count(*) = 1
)
select
    clicks.creator, coalesce(clicks.link_campaign, placed.campaign) as campaign,
    post_platforms.platform, clicks.post_id, clicks.day,
    count(*) as clicks_raw,
    cast(sum(case when clicks.class = 'human' then 1 else 0 end) as bigint) as clicks_counted
from clicks
left join placed on placed.click_id = clicks.click_id and placed.preference = 1
left join post_platforms on post_platforms.post_id = clicks.post_id
group by
    clicks.creator, coalesce(clicks.link_campaign, placed.campaign), post_platforms.platform,
    clicks.post_id, clicks.day
order by
    clicks.creator nulls first, campaign nulls first, platform nulls first,
    clicks.post_id nulls first, clicks.day nulls first
