-- Refunds on another day than their order: what the two date bases tell apart, newest first.
select
    'refund' as what, refunds.day, orders.day as order_day, refunds.source, refunds.refund_id as id,
    0 - refunds.amount as amount, orders.currency, refunds.source_file, refunds.source_line
from @known(refunds) as refunds
join @known(orders) as orders
    on orders.source = refunds.source and orders.order_id = refunds.order_id
where refunds.refunded_at <= $as_of and refunds.day <> orders.day
order by
    refunds.day desc nulls last, refunds.source nulls first, refunds.refund_id nulls first
