-- Counted human clicks by creator and day: of evergreen links outside campaigns, of any link in
-- them. A click on an evergreen link belongs to the campaign its creator was live in. Double fires
-- (at most 10 s after the visitor's last click on the link) do not count, as in
-- valuation.click_cells.
with fired as (
    select
        clicks.click_id, clicks.clicked_at, clicks.day, links.creator,
        links.campaign as link_campaign,
        lag(clicks.clicked_at) over (
            partition by
                clicks.slug,
                case
                    when clicks.visitor is not null then 'visitor ' || clicks.visitor
                    else 'click ' || clicks.click_id
                end
            order by clicks.clicked_at asc nulls first, clicks.click_id asc nulls first
        ) as clicked_before
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where
        clicks.clicked_at <= $as_of and clicks.class = 'human' and links.creator is not null
        and (links.kind = 'evergreen' or links.campaign is not null)
),
human as (
    select click_id, clicked_at, day, creator, link_campaign
    from fired
    where clicked_before is null or @seconds(clicked_before, clicked_at) > 10
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
