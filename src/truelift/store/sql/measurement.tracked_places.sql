-- Tracked orders by campaign, creator and day, and where they went.
select
    shares.campaign, shares.creator, shares.day,
    orders.ship_country as country, orders.ship_region as region,
    cast(sum(shares.share_ppm) as bigint) as units_ppm
from @given(order_shares) as shares
join @known(orders) as orders
    on orders.source = shares.source and orders.order_id = shares.order_id
where shares.creator is not null and shares.campaign is not null
group by shares.campaign, shares.creator, shares.day, orders.ship_country, orders.ship_region
order by
    campaign nulls first, creator nulls first, day nulls first, country nulls first,
    region nulls first
