-- Refunds of attributed orders, with the file and line each came from; on the day the basis says.
select distinct
    shares.creator, shares.campaign, shares.platform, shares.post_id,
    case when $basis = 'order' then shares.day else refunds.day end as day, refunds.source, refunds.refund_id, refunds.source_file, refunds.source_line
from @known(refunds) as refunds
join @given(order_shares) as shares
    on shares.source = refunds.source and shares.order_id = refunds.order_id
where refunds.refunded_at <= $as_of
order by refunds.source nulls first, refunds.refund_id nulls first, shares.creator nulls first
