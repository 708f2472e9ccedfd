-- Every attributed order with its components split by share, in the order's currency and minor
-- units. An evergreen conversion belongs to the campaign its creator was live in on that day (the
-- one launched last when there are several). Splits are by cumulative share, so parts add up.
-- Where prices include the tax, the part of it that lies on the shipping is not taken off the goods:
-- it is split by value, as where refunds are held against their orders (facts/consistency.py).
-- A share has the time of its order, so that where it belongs is found without the orders: joined by
-- their times alone with all launches they would be hundreds of millions of rows.
-- `upto` is handed on as a bigint: a sum is wider, comes back as a decimal, and whole division of
-- decimals rounds.
with shares as (
    select
        *,
        sum(share_ppm) over (
            partition by source, conversion_id order by position nulls last
            rows between unbounded preceding and current row
        ) as upto,
        cast(sum(share_ppm) over (
            partition by source, conversion_id order by position nulls last
            rows between unbounded preceding and current row
        ) as bigint) as upto_ppm
    from @given(shares) as given_rows
    where conversion_kind = 'order'
),
placed as (
    select
        shares.source, shares.conversion_id, shares.position, launches.campaign,
        row_number() over (
            partition by shares.source, shares.conversion_id, shares.position
            order by launches.launched_at desc nulls last, launches.campaign nulls last
        ) as preference
    from shares
    join @given(launches) as launches
        on launches.creator = shares.creator
        and shares.converted_at >= launches.launched_at
        and shares.converted_at < launches.ends_at
    where shares.campaign is null
),
priced as (
    -- A sum of one row: its type holds the product of two large amounts.
    select
        source, order_id, subtotal - coalesce(discount, 0) as gross,
        subtotal - coalesce(discount, 0) + coalesce(shipping, 0) as paid,
        sum(case when prices_include_tax then coalesce(tax, 0) else 0 end)
            over (partition by source, order_id) as whole_tax
    from @known(orders) as known_orders
),
taxed as (
    select
        source, order_id, gross,
        cast(sum(case when gross > 0 then @share(whole_tax, gross, paid) else 0 end) as bigint)
            as tax
    from priced
    group by source, order_id, gross
),
parts as (
    select
        orders.source, orders.order_id, orders.ordered_at, orders.day, orders.currency,
        orders.cancelled_at, orders.source_file, orders.source_line, orders.new_customer,
        shares.creator, coalesce(shares.campaign, placed.campaign) as campaign,
        shares.platform, shares.post_id, shares.evidence, shares.share_ppm, shares.position,
        shares.upto, shares.upto - shares.share_ppm as before, shares.upto_ppm,
        coalesce(orders.discount, 0) as discount,
        taxed.tax, taxed.gross - taxed.tax as goods,
        coalesce(orders.cogs, line_costs.cost) as cogs, orders.cogs is null as cogs_estimated,
        coalesce(orders.fulfilment, 0) as fulfilment,
        coalesce(orders.payment_fees, 0) as payment_fees
    from shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    join taxed on taxed.source = orders.source and taxed.order_id = orders.order_id
    left join placed
        on placed.source = shares.source and placed.conversion_id = shares.conversion_id
        and placed.position = shares.position and placed.preference = 1
    left join @given(line_costs) as line_costs
        on line_costs.source = orders.source and line_costs.order_id = orders.order_id
    where orders.ordered_at <= $as_of
)
select
    source, order_id, ordered_at, day, currency, cancelled_at, creator, campaign, platform,
    post_id, evidence, share_ppm, position, upto_ppm as upto, upto_ppm - share_ppm as before,
    goods as whole_goods, cogs as whole_cogs, cogs_estimated,
    new_customer,
    @share(goods, upto, 1000000) - @share(goods, before, 1000000) as goods,
    @share(discount, upto, 1000000) - @share(discount, before, 1000000) as discount,
    @share(tax, upto, 1000000) - @share(tax, before, 1000000) as tax,
    @share(cogs, upto, 1000000) - @share(cogs, before, 1000000) as cogs,
    @share(fulfilment, upto, 1000000) - @share(fulfilment, before, 1000000) as fulfilment,
    @share(payment_fees, upto, 1000000) - @share(payment_fees, before, 1000000) as payment_fees,
    source_file, source_line
from parts
