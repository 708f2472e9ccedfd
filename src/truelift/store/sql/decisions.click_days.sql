-- Clicks on creators' links by day, with what odd ones are told from: how many machines and
-- datacenters made, how many human ones a landing page confirmed, how many came from visitors with
-- many clicks on the link that day ($repeats or more; less one each), and in the busiest ten minutes.
with owned as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, clicks.class, clicks.slug, clicks.visitor,
        links.creator, links.campaign,
        @seconds(timestamp '2000-01-01 00:00:00', clicks.clicked_at) as second,
        case when landings.click_id is not null then 1 else 0 end as landed
    from @known(clicks) as clicks
    inner join @catalog(links) as links on links.slug = clicks.slug
    left join @known(landings) as landings on landings.click_id = clicks.click_id
    where clicks.clicked_at <= $as_of and links.creator is not null
),
stretches as (
    select slug, day, @whole(second, 600) as stretch, count(*) as clicks
    from owned
    where class = 'human'
    group by slug, day, @whole(second, 600)
),
busiest as (
    select slug, day, max(clicks) as clicks from stretches group by slug, day
),
visitors as (
    select slug, day, visitor, count(*) - 1 as more
    from owned
    where class = 'human' and visitor is not null
    group by slug, day, visitor
    having count(*) >= $repeats
),
repeated as (
    select slug, day, cast(sum(more) as bigint) as clicks from visitors group by slug, day
)
select
    owned.slug, owned.creator, owned.campaign, owned.day,
    count(*) as gross,
    cast(sum(case when owned.class = 'human' then 1 else 0 end) as bigint) as human,
    cast(sum(case when owned.class = 'datacenter' then 1 else 0 end) as bigint) as datacenter,
    cast(sum(case when owned.class = 'human' then owned.landed else 0 end) as bigint) as landed,
    coalesce(max(repeated.clicks), 0) as repeated,
    coalesce(max(busiest.clicks), 0) as busiest
from owned
left join repeated on repeated.slug = owned.slug and repeated.day = owned.day
left join busiest on busiest.slug = owned.slug and busiest.day = owned.day
group by owned.slug, owned.creator, owned.campaign, owned.day
order by owned.day nulls first, owned.slug nulls first
