-- Refunds whose order is not known: they are kept, and count once it comes.
select refunds.source, refunds.refund_id, refunds.order_id
from @known(refunds) as refunds
left join @known(orders) as orders
    on orders.source = refunds.source and orders.order_id = refunds.order_id
where orders.order_id is null
order by refunds.source nulls first, refunds.refund_id nulls first
