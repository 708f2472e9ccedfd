-- dialect: duckdb
-- What a day of the brand has brought so far, but for the clicks that count: all clicks, orders
-- with their goods net of discounts, refunds, leads.
select 'clicks, all' as kind, count(*) as found, null::bigint as minor, null as currency
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
