-- How many people any creator brought, as in measurement.common_audiences.
with brought as (
    select 'customer:' || orders.customer as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.customer is not null
        and shares.creator is not null
    union all
    select 'visitor:' || orders.visitor as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.visitor is not null
        and shares.creator is not null
    union all
    select 'visitor:' || clicks.visitor as person
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where clicks.visitor is not null and clicks.consent and clicks.clicked_at <= $as_of
        and links.creator is not null
)
select count(distinct person) as people from brought
