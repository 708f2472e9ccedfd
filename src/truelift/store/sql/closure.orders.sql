-- The orders among dirty conversions, with what the query of touchpoints reads of them.
-- $since, $until: the first and the last of them.
select
    orders.source, orders.order_id, orders.ordered_at, orders.day, orders.code, orders.codes,
    orders.click_id, orders.visitor, orders.utm_source, orders.utm_content, orders.utm_campaign
from @known(orders) as orders
where
    orders.ordered_at >= $since and orders.ordered_at <= $until
    and orders.order_id in (
        select dirty.conversion_id from @given(dirty) as dirty
        where dirty.conversion_kind = 'order'
    )
