-- Refunds and cancellations of orders; a cancellation has no refund id and takes back the rest.
select source, order_id, refund_id, refunded_at as happened_at, amount
from @known(refunds) as refunds
union all
select source, order_id, null as refund_id, cancelled_at as happened_at, 0 as amount
from @known(orders) as orders where cancelled_at is not null
order by happened_at nulls first, source nulls first, order_id nulls first, refund_id nulls first
