-- Orders that a creator's own code brought (code-first), with what leaks are told from: whether a
-- click on that creator's links stands behind them, and where the click was referred from.
-- In: attribution.touchpoints and valuation.order_shares.
with coded as (
    select source, conversion_id, creator, reference as code
    from @given(touchpoints)
    where conversion_kind = 'order' and preference = 1 and evidence = 'code'
),
clicked as (
    select distinct source, conversion_id, creator
    from @given(touchpoints)
    where conversion_kind = 'order' and evidence in ('click', 'visitor')
),
places as (
    select source, order_id, creator, min(campaign) as campaign
    from @given(order_shares)
    where evidence = 'code'
    group by source, order_id, creator
)
select
    orders.source, orders.order_id, orders.ordered_at, orders.day, orders.ship_country,
    orders.new_customer, orders.customer, orders.utm_source, orders.utm_medium,
    orders.utm_campaign, clicks.referrer, coded.code, coded.creator, places.campaign,
    clicked.creator is not null as clicked, orders.source_file, orders.source_line
from coded
inner join @known(orders) as orders
    on orders.source = coded.source and orders.order_id = coded.conversion_id
left join places
    on places.source = coded.source and places.order_id = coded.conversion_id
    and places.creator = coded.creator
left join clicked
    on clicked.source = coded.source and clicked.conversion_id = coded.conversion_id
    and clicked.creator = coded.creator
left join @known(clicks) as clicks on clicks.click_id = orders.click_id
where orders.ordered_at <= $as_of and orders.cancelled_at is null
order by
    orders.ordered_at nulls first, orders.source nulls first, orders.order_id nulls first
