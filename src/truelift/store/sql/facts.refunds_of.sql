-- Whole rows of the refunds of given orders, as known; an order that a shop calls by a number too is
-- given once more under it.
select refunds.*
from @known(refunds) as refunds
join (select distinct source, order_id from @given(orders)) as named
    on named.source = refunds.source and named.order_id = refunds.order_id
