-- dialect: duckdb
-- What a day of the brand has brought so far: clicks that count (no double fires, as in
-- valuation.click_cells), orders with their goods net of discounts, refunds, leads.
with human as (
    select
        day, clicked_at,
        lag(clicked_at) over (
            partition by slug, coalesce('visitor ' || visitor, 'click ' || click_id)
            order by clicked_at, click_id
        ) as clicked_before
    from fact_clicks
    where
        brand = $brand and superseded_at is null and class = 'human'
        and day between $day::date - 1 and $day::date
)
select 'clicks' as kind, count(*) as found, null::bigint as minor, null as currency
from human
where
    day = $day
    and (clicked_before is null or date_diff('second', clicked_before, clicked_at) > 10)
union all
select 'clicks, all', count(*), null, null
from fact_clicks
where brand = $brand and superseded_at is null and day = $day
union all
select 'landings', count(*), null, null
from fact_landings
where brand = $brand and superseded_at is null and day = $day
union all
select 'orders', count(*), sum(subtotal - coalesce(discount, 0))::bigint, currency
from fact_orders
where brand = $brand and superseded_at is null and day = $day and cancelled_at is null
group by currency
union all
select 'refunds', count(*), sum(amount)::bigint, currency
from fact_refunds
where brand = $brand and superseded_at is null and day = $day
group by currency
union all
select 'leads', count(*), null, null
from fact_leads
where brand = $brand and superseded_at is null and day = $day
order by kind, currency nulls first
