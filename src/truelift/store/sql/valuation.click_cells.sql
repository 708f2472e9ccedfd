-- Clicks on our links by owner and day: raw; counted (human, without double fires: at most 10 s
-- after the visitor's last click on the link); and visits, which begin with a human click more than
-- 30 minutes after the visitor's last one on the link. A visitor who is unknown is never the same
-- one. A click on an evergreen link belongs to the campaign its creator was live in.
with owned as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, clicks.class, clicks.slug,
        case
            when clicks.visitor is not null then concat('visitor ', clicks.visitor)
            else concat('click ', clicks.click_id)
        end as visited_by,
        links.creator, links.campaign as link_campaign, links.post_id
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where clicks.clicked_at <= $as_of and links.creator is not null
),
human as (
    select
        click_id, clicked_at,
        lag(clicked_at) over (
            partition by slug, visited_by
            order by clicked_at asc nulls first, click_id asc nulls first
        ) as clicked_before
    from owned
    where class = 'human'
),
clicks as (
    select
        owned.click_id, owned.clicked_at, owned.day, owned.creator, owned.link_campaign,
        owned.post_id,
        case
            when human.click_id is null then 0
            when human.clicked_before is null then 1
            when @seconds(human.clicked_before, human.clicked_at) > 10 then 1
            else 0
        end as counts,
        case
            when human.click_id is null then 0
            when human.clicked_before is null then 1
            when @seconds(human.clicked_before, human.clicked_at) > 1800 then 1
            else 0
        end as begins_visit
    from owned
    left join human on human.click_id = owned.click_id
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
    cast(sum(clicks.counts) as bigint) as clicks_counted,
    cast(sum(clicks.begins_visit) as bigint) as visits
from clicks
left join placed on placed.click_id = clicks.click_id and placed.preference = 1
left join post_platforms on post_platforms.post_id = clicks.post_id
group by
    clicks.creator, coalesce(clicks.link_campaign, placed.campaign), post_platforms.platform,
    clicks.post_id, clicks.day
order by
    clicks.creator nulls first, campaign nulls first, platform nulls first,
    clicks.post_id nulls first, clicks.day nulls first
