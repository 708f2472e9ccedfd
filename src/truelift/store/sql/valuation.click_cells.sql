-- by day: clicks
-- Clicks on our links by owner and day: raw; counted (human, without double fires: at most 10 s
-- after the visitor's last click on the link); and visits, which begin with a human click more than
-- 30 minutes after the visitor's last one on the link. A visitor who is unknown is never the same
-- one. A click on an evergreen link belongs to the campaign its creator was live in.
with owned as (
    select slug, creator, campaign, post_id from @catalog(links) where creator is not null
),
-- Few come back to a link, and only their clicks have to be put in order.
returned as (
    select slug, visitor
    from @known(clicks) as clicks
    where
        clicked_at <= $as_of and class = 'human' and visitor is not null
        and slug in (select slug from owned)
    group by slug, visitor
    having count(*) > 1
),
again as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, clicks.slug,
        lag(clicks.clicked_at) over (
            partition by clicks.slug, clicks.visitor
            order by clicks.clicked_at asc nulls first, clicks.click_id asc nulls first
        ) as clicked_before
    from @known(clicks) as clicks
    join returned on returned.slug = clicks.slug and returned.visitor = clicks.visitor
    where clicks.clicked_at <= $as_of and clicks.class = 'human'
),
clicks as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, clicks.slug,
        case when clicks.class = 'human' then 1 else 0 end as counts,
        case when clicks.class = 'human' then 1 else 0 end as begins_visit
    from @known(clicks) as clicks
    left join returned on returned.slug = clicks.slug and returned.visitor = clicks.visitor
    where
        clicks.clicked_at <= $as_of and clicks.slug in (select slug from owned)
        and (coalesce(clicks.class, '') <> 'human' or returned.slug is null)
    union all
    select
        click_id, clicked_at, day, slug,
        case
            when clicked_before is null then 1
            when @seconds(clicked_before, clicked_at) > 10 then 1
            else 0
        end as counts,
        case
            when clicked_before is null then 1
            when @seconds(clicked_before, clicked_at) > 1800 then 1
            else 0
        end as begins_visit
    from again
),
evergreen as (
    select
        clicks.slug, clicks.day, clicks.counts, clicks.begins_visit, launches.campaign,
        row_number() over (
            partition by clicks.click_id
            order by launches.launched_at desc nulls last, launches.campaign nulls last
        ) as preference
    from clicks
    join owned on owned.slug = clicks.slug
    left join @given(launches) as launches
        on launches.creator = owned.creator
        and clicks.clicked_at >= launches.launched_at and clicks.clicked_at < launches.ends_at
    where owned.campaign is null
),
by_link as (
    select
        clicks.slug, owned.campaign, clicks.day, count(*) as clicks_raw,
        sum(clicks.counts) as clicks_counted, sum(clicks.begins_visit) as visits
    from clicks
    join owned on owned.slug = clicks.slug
    where owned.campaign is not null
    group by clicks.slug, owned.campaign, clicks.day
    union all
    select
        slug, campaign, day, count(*) as clicks_raw, sum(counts) as clicks_counted,
        sum(begins_visit) as visits
    from evergreen
    where preference = 1
    group by slug, campaign, day
),
post_platforms as (
    select post_id, min(platform) as platform
    from @known(posts) as known_posts
    group by post_id
    having count(*) = 1
)
select
    owned.creator, by_link.campaign, post_platforms.platform, owned.post_id, by_link.day,
    cast(sum(by_link.clicks_raw) as bigint) as clicks_raw,
    cast(sum(by_link.clicks_counted) as bigint) as clicks_counted,
    cast(sum(by_link.visits) as bigint) as visits
from by_link
join owned on owned.slug = by_link.slug
left join post_platforms on post_platforms.post_id = owned.post_id
group by
    owned.creator, by_link.campaign, post_platforms.platform, owned.post_id, by_link.day
order by
    owned.creator nulls first, by_link.campaign nulls first, post_platforms.platform nulls first,
    owned.post_id nulls first, by_link.day nulls first
