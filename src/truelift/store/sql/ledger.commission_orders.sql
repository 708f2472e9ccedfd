-- Attributed orders as agreements see them: one row per order and creator, oldest first, with the last
-- touch of that creator before the order.
with touches as (
    select source, conversion_id, creator, max(touched_at) as touched_at
    from @given(touchpoints)
    where conversion_kind = 'order' and creator is not null
    group by source, conversion_id, creator
)
select
    orders.source, orders.order_id, orders.creator, orders.campaign, orders.day, orders.ordered_at,
    orders.currency, orders.evidence, orders.new_customer, orders.goods, orders.discount,
    touches.touched_at
from @given(order_shares) as orders
left join touches
    on touches.source = orders.source and touches.conversion_id = orders.order_id
    and touches.creator = orders.creator
where orders.creator is not null
order by
    orders.ordered_at nulls first, orders.source nulls first, orders.order_id nulls first,
    orders.creator nulls first
