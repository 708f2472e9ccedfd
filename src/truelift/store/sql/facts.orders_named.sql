-- The orders that given refunds belong to, as known.
select
    orders.source, orders.order_id, orders.ordered_at, orders.currency, orders.subtotal,
    orders.discount, orders.tax, orders.shipping, orders.prices_include_tax
from @known(orders) as orders
join (select distinct source, order_id from @given(refunds)) as named
    on named.source = orders.source and named.order_id = orders.order_id
