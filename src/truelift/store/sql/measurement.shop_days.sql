-- Every order of a shop by day, where it went, what it says of its source, and its currency.
select
    day, ship_country as country, ship_region as region, utm_source, currency,
    count(*) as orders,
    cast(sum(case when new_customer then 1 else 0 end) as bigint) as new_customers,
    cast(sum(subtotal - coalesce(discount, 0)) as bigint) as revenue
from @known(orders) as orders
where ordered_at <= $as_of and (cancelled_at is null or cancelled_at > $as_of)
group by day, ship_country, ship_region, utm_source, currency
order by
    day nulls first, ship_country nulls first, ship_region nulls first, utm_source nulls first,
    currency nulls first
