-- When given refunds were given back, as known.
select refunds.source, refunds.refund_id, refunds.refunded_at
from @known(refunds) as refunds
join @given(refunds) as given
    on given.source = refunds.source and given.refund_id = refunds.refund_id
