-- Attributed orders summed to cells: creator, campaign, platform, post, day, currency.
select
    creator, campaign, platform, post_id, day, currency,
    cast(sum(share_ppm) as bigint) as orders_ppm,
    cast(sum(goods) as bigint) as goods,
    cast(sum(discount) as bigint) as discount,
    cast(sum(tax) as bigint) as tax,
    cast(sum(coalesce(cogs, 0)) as bigint) as cogs,
    cast(sum(case when cogs is null then goods else 0 end) as bigint) as goods_without_cogs,
    cast(sum(fulfilment) as bigint) as fulfilment,
    cast(sum(payment_fees) as bigint) as payment_fees
from @given(order_shares)
where creator is not null
group by creator, campaign, platform, post_id, day, currency
order by
    creator nulls first, campaign nulls first, platform nulls first, post_id nulls first,
    day nulls first, currency nulls first
