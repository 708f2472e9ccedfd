-- Attributed orders as agreements see them: one row per order and creator, oldest first.
select
    source, order_id, creator, campaign, day, ordered_at, currency, evidence, new_customer,
    goods, discount
from @given(order_shares)
where creator is not null
order by ordered_at nulls first, source nulls first, order_id nulls first, creator nulls first
