-- Conversions and counted clicks of creators by day, outside and inside campaigns.
with orders as (
    select
        creator, campaign, day, ordered_at as happened_at, share_ppm
    from @given(order_shares)
),
leads as (
    select creator, campaign, day, created_at as happened_at, share_ppm
    from @given(lead_shares)
)
select 'orders' as metric, creator, campaign, day,
    min(happened_at) as first_at, max(happened_at) as last_at,
    cast(sum(share_ppm) as bigint) as units_ppm
from orders
where creator is not null
group by creator, campaign, day
union all
select 'leads' as metric, creator, campaign, day,
    min(happened_at) as first_at, max(happened_at) as last_at,
    cast(sum(share_ppm) as bigint) as units_ppm
from leads
where creator is not null
group by creator, campaign, day
order by metric nulls first, creator nulls first, campaign nulls first, day nulls first
