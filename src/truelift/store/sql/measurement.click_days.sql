-- by day: clicks
-- Counted human clicks by creator and day: of evergreen links outside campaigns, of any link in
-- them. A click on an evergreen link belongs to the campaign its creator was live in. Double fires
-- (at most 10 s after the visitor's last click on the link) do not count, as in
-- valuation.click_cells.
with owned as (
    select slug, creator, campaign
    from @catalog(links)
    where creator is not null and (kind = 'evergreen' or campaign is not null)
),
-- Few come back to a link, and only their clicks have to be put in order.
returned as (
    select slug, visitor
    from @known(clicks) as clicks
    where clicked_at <= $as_of and class = 'human' and visitor is not null
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
fired as (
    select clicks.click_id, clicks.clicked_at, clicks.day, clicks.slug
    from @known(clicks) as clicks
    left join returned on returned.slug = clicks.slug and returned.visitor = clicks.visitor
    where clicks.clicked_at <= $as_of and clicks.class = 'human' and returned.slug is null
    union all
    select click_id, clicked_at, day, slug
    from again
    where clicked_before is null or @seconds(clicked_before, clicked_at) > 10
),
human as (
    select
        fired.click_id, fired.clicked_at, fired.day, owned.creator,
        owned.campaign as link_campaign
    from fired
    join owned on owned.slug = fired.slug
),
placed as (
    select
        human.click_id, launches.campaign,
        row_number() over (
            partition by human.click_id
            order by launches.launched_at desc nulls last, launches.campaign nulls last
        ) as preference
    from human
    join @given(launches) as launches
        on launches.creator = human.creator
        and human.clicked_at >= launches.launched_at and human.clicked_at < launches.ends_at
    where human.link_campaign is null
)
select
    'clicks' as metric, human.creator, coalesce(human.link_campaign, placed.campaign) as campaign,
    human.day, count(*) as units
from human
left join placed on placed.click_id = human.click_id and placed.preference = 1
group by human.creator, coalesce(human.link_campaign, placed.campaign), human.day
order by
    human.creator nulls first, campaign nulls first, human.day nulls first
