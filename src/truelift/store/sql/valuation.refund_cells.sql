-- What refunds and cancellations take back, by the shares of their order. Money and cost of goods
-- are split by all that was taken back so far, so that after a full refund every creator is at
-- zero. A cell names the day of its orders too, whose rate and margin it is valued at.
--
-- Cost of goods comes back as the refund states it, else in proportion when the goods are back on
-- the shelf. A refund that does not say so leaves an order's own cost spent; a cost that is only
-- estimated from a margin falls with its revenue. A cancellation takes back what is left. A sum of
-- refunds that holds nothing beside the refunds with ids of their own is no refund.
with sold as (
    select distinct
        source, order_id, day, cancelled_at, whole_goods, whole_cogs, cogs_estimated
    from @given(order_shares)
),
refunds as (
    select
        refunds.source, refunds.order_id, refunds.refunded_at, refunds.refund_id, refunds.day,
        refunds.amount, refunds.restocked, refunds.cogs_returned,
        coalesce(refunds.fees, 0) as fees, 1 as counted
    from @known(refunds) as refunds
    where refunds.refunded_at <= $as_of
        and not (
            refunds.amount = 0 and refunds.refund_id = refunds.order_id || '-cumulative'
        )
),
refunded_sums as (
    select source, order_id, sum(amount) as amount
    from refunds
    group by source, order_id
),
events as (
    select * from refunds
    union all
    select
        sold.source, sold.order_id, sold.cancelled_at as refunded_at, 'cancelled' as refund_id,
        days.day,
        case
            when coalesce(refunded_sums.amount, 0) < sold.whole_goods
                then sold.whole_goods - coalesce(refunded_sums.amount, 0)
            else 0
        end as amount,
        true as restocked, cast(null as bigint) as cogs_returned, 0 as fees, 0 as counted
    from sold
    join @given(cancelled_days) as days
        on days.source = sold.source and days.order_id = sold.order_id
    left join refunded_sums
        on refunded_sums.source = sold.source and refunded_sums.order_id = sold.order_id
    where sold.cancelled_at <= $as_of
),
running as (
    select
        events.*, sold.day as order_day, sold.whole_goods, sold.whole_cogs, sold.cogs_estimated,
        sum(events.amount) over (
            partition by events.source, events.order_id
            order by events.refunded_at nulls last, events.refund_id nulls last
            rows between unbounded preceding and current row
        ) as refunded
    from events
    join sold on sold.source = events.source and sold.order_id = events.order_id
),
capped as (
    select
        *,
        case when refunded < whole_goods then refunded else whole_goods end as goods_until,
        case
            when refunded - amount < whole_goods then refunded - amount else whole_goods
        end as goods_since
    from running
),
proportioned as (
    select
        *,
        case
            when whole_goods > 0
                then @share(whole_cogs, goods_until, whole_goods)
                    - @share(whole_cogs, goods_since, whole_goods)
            else 0
        end as cogs_of_goods
    from capped
),
settled as (
    select
        *,
        sum(
            case
                when counted = 0 then 0
                when cogs_returned > cogs_of_goods then cogs_returned
                else cogs_of_goods
            end
        ) over (partition by source, order_id) as cogs_settled
    from proportioned
),
costed as (
    select
        *,
        case
            when whole_cogs is null then 0
            when counted = 0 and whole_cogs > cogs_settled then whole_cogs - cogs_settled
            when counted = 0 then 0
            when cogs_returned is not null then cogs_returned
            when coalesce(restocked, cogs_estimated) then cogs_of_goods
            else 0
        end as cogs_back
    from settled
),
summed as (
    select
        *,
        sum(cogs_back) over (
            partition by source, order_id
            order by refunded_at nulls last, refund_id nulls last
            rows between unbounded preceding and current row
        ) as cogs_so_far
    from costed
),
paired as (
    select
        shares.creator, shares.campaign, shares.platform, shares.post_id, shares.currency,
        summed.order_day,
        case when $basis = 'order' then summed.order_day else summed.day end as day,
        shares.share_ppm, shares.upto, shares.before, summed.counted, summed.fees,
        summed.refunded, summed.refunded - summed.amount as refunded_before,
        summed.cogs_so_far, summed.cogs_so_far - summed.cogs_back as cogs_before,
        case
            when summed.whole_cogs is null and coalesce(summed.restocked, true) then 1 else 0
        end as at_margin
    from summed
    join @given(order_shares) as shares
        on shares.source = summed.source and shares.order_id = summed.order_id
),
parts as (
    select
        creator, campaign, platform, post_id, currency, order_day, day, share_ppm, counted,
        at_margin,
        @share(refunded, upto, 1000000) - @share(refunded, before, 1000000)
        - @share(refunded_before, upto, 1000000) + @share(refunded_before, before, 1000000)
            as amount,
        @share(cogs_so_far, upto, 1000000) - @share(cogs_so_far, before, 1000000)
        - @share(cogs_before, upto, 1000000) + @share(cogs_before, before, 1000000)
            as cogs_returned,
        @share(fees, upto, 1000000) - @share(fees, before, 1000000) as fees
    from paired
)
select
    creator, campaign, platform, post_id, order_day, day, currency,
    cast(sum(counted * share_ppm) as bigint) as refunds_ppm,
    cast(sum(amount) as bigint) as amount,
    cast(sum(case when at_margin = 1 then amount else 0 end) as bigint) as amount_at_margin,
    cast(sum(cogs_returned) as bigint) as cogs_returned,
    cast(sum(fees) as bigint) as fees
from parts
where creator is not null
group by creator, campaign, platform, post_id, order_day, day, currency
order by
    creator nulls first, campaign nulls first, platform nulls first, post_id nulls first,
    order_day nulls first, currency nulls first, day nulls first
