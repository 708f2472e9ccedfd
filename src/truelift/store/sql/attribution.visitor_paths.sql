-- How visitors went from creator to creator, and where that ended: what a Markov-1 model needs.
-- A converting path is the path of one conversion. The human clicks that are in no such path form
-- one path per visitor that led to nothing (so far); a visitor who is unknown or gave no consent
-- to be recognised has a path of one click. Conversions that nothing touches are not paths.
--
-- One row per transition: origin (null: the start), target (null: the end), outcome ('step' between
-- creators, 'conversion' or 'null' at the end) and how often. In: attribution.touchpoints.
-- Parameters: $brand, $known_at, $as_of.
with
owned_links as (
    select
        slug, creator,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        coalesce(valid_to, timestamp '9999-12-31 23:59:59') as until
    from @catalog(links)
    where creator is not null
),
converting_clicks as (
    select distinct click_id from @given(touchpoints) where click_id is not null
),
idle_clicks as (
    select
        clicks.click_id, clicks.clicked_at, owned_links.creator,
        case
            when clicks.consent and clicks.visitor is not null
                then 'visitor ' || clicks.visitor
            else 'click ' || clicks.click_id
        end as journey
    from @known(clicks) as clicks
    inner join owned_links
        on owned_links.slug = clicks.slug
        and owned_links.since <= clicks.clicked_at
        and owned_links.until > clicks.clicked_at
    left join converting_clicks on converting_clicks.click_id = clicks.click_id
    where
        clicks.class = 'human'
        and clicks.clicked_at <= $as_of
        and converting_clicks.click_id is null
),
steps as (
    select
        lag(creator) over (
            partition by conversion_kind, source, conversion_id order by position asc nulls last
        ) as origin,
        creator,
        case when position = touches then 'conversion' else 'step' end as outcome
    from @given(touchpoints)
    where creator is not null
    union all
    select
        lag(creator) over (
            partition by journey order by clicked_at asc nulls last, click_id asc nulls last
        ) as origin,
        creator,
        case
            when row_number() over (
                partition by journey order by clicked_at desc nulls last, click_id desc nulls last
            ) = 1 then 'null'
            else 'step'
        end as outcome
    from idle_clicks
),
transitions as (
    select origin, creator as target, 'step' as outcome from steps
    union all
    select creator as origin, cast(null as string) as target, outcome
    from steps
    where outcome <> 'step'
)
select origin, target, outcome, count(*) as transitions
from transitions
group by origin, target, outcome
