-- What refunds and cancellations take back, by the shares of their order. The share of what was
-- refunded so far is taken cumulatively, so that after a full refund every creator is at zero.
with refunds as (
    select
        refunds.source, refunds.order_id, refunds.refunded_at, refunds.refund_id, refunds.day,
        refunds.amount, refunds.restocked, refunds.cogs_returned,
        coalesce(refunds.fees, 0) as fees, 1 as counted
    from @known(refunds) as refunds
    where refunds.refunded_at <= $as_of
),
cancelled as (
    select distinct source, order_id, cancelled_at, whole_goods, whole_cogs
    from @given(order_shares)
    where cancelled_at is not null and cancelled_at <= $as_of
),
events as (
    select * from refunds
    union all
    select
        cancelled.source, cancelled.order_id, cancelled.cancelled_at as refunded_at,
        'cancelled' as refund_id, days.day,
        cancelled.whole_goods - coalesce((
            select sum(refunds.amount) from refunds
            where refunds.source = cancelled.source and refunds.order_id = cancelled.order_id
        ), 0) as amount,
        true as restocked,
        cancelled.whole_cogs - coalesce((
            select sum(refunds.cogs_returned) from refunds
            where refunds.source = cancelled.source and refunds.order_id = cancelled.order_id
        ), 0) as cogs_returned,
        0 as fees, 0 as counted
    from cancelled
    join @given(cancelled_days) as days
        on days.source = cancelled.source and days.order_id = cancelled.order_id
),
running as (
    select
        *,
        sum(amount) over (
            partition by source, order_id
            order by refunded_at nulls last, refund_id nulls last
            rows between unbounded preceding and current row
        ) as refunded
    from events
),
paired as (
    select
        shares.creator, shares.campaign, shares.platform, shares.post_id, shares.currency,
        case when $basis = 'order' then shares.day else running.day end as day,
        shares.share_ppm, shares.upto, shares.before, shares.whole_cogs, running.counted,
        running.refunded, running.refunded - running.amount as refunded_before, running.fees,
        running.restocked, running.cogs_returned,
        case
            when coalesce(running.restocked, shares.cogs_estimated) and shares.whole_goods > 0
                then @whole(shares.whole_cogs * running.amount, shares.whole_goods)
            else 0
        end as cogs_of_goods
    from running
    join @given(order_shares) as shares
        on shares.source = running.source and shares.order_id = running.order_id
),
costed as (
    select
        *,
        case when whole_cogs is null then 0 else coalesce(cogs_returned, cogs_of_goods) end
            as cogs_back
    from paired
),
parts as (
    select
        creator, campaign, platform, post_id, currency, day, share_ppm, counted,
        @whole(refunded * upto, 1000000) - @whole(refunded * before, 1000000)
        - @whole(refunded_before * upto, 1000000) + @whole(refunded_before * before, 1000000)
            as amount,
        @whole(fees * upto, 1000000) - @whole(fees * before, 1000000) as fees,
        @whole(cogs_back * upto, 1000000) - @whole(cogs_back * before, 1000000)
            as cogs_returned,
        case when whole_cogs is null and coalesce(restocked, true) then 1 else 0 end as at_margin
    from costed
)
select
    creator, campaign, platform, post_id, day, currency,
    cast(sum(counted * share_ppm) as bigint) as refunds_ppm,
    cast(sum(amount) as bigint) as amount,
    cast(sum(case when at_margin = 1 then amount else 0 end) as bigint) as amount_at_margin,
    cast(sum(cogs_returned) as bigint) as cogs_returned,
    cast(sum(fees) as bigint) as fees
from parts
where creator is not null
group by creator, campaign, platform, post_id, day, currency
order by
    creator nulls first, campaign nulls first, platform nulls first, post_id nulls first,
    day nulls first, currency nulls first
