-- Refunds already known of the orders that given refunds belong to.
select
    refunds.source, refunds.refund_id, refunds.order_id, refunds.refunded_at, refunds.amount,
    refunds.currency, refunds.shipping, refunds.notes
from @known(refunds) as refunds
join (select distinct source, order_id from @given(refunds)) as named
    on named.source = refunds.source and named.order_id = refunds.order_id
