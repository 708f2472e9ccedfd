-- The orders that shares are of, whole.
select orders.*
from @known(orders) as orders
where
    orders.order_id in (
        select conversion_id from @given(shares) as shares where conversion_kind = 'order'
    )
