-- The orders among dirty conversions.
select orders.*
from @known(orders) as orders
where exists (
    select 1 from @given(dirty) as dirty
    where
        dirty.conversion_kind = 'order' and dirty.conversion_id = orders.order_id
        and coalesce(dirty.source, '') = coalesce(orders.source, '')
)
