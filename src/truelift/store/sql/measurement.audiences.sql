-- Whom creators brought: customers and visitors of the orders attributed to them, and visitors of
-- their links who agreed to be recognised. Names of both sorts are kept apart by their first letter.
with brought as (
    select shares.creator, 'customer:' || orders.customer as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.customer is not null
    union all
    select shares.creator, 'visitor:' || orders.visitor as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.visitor is not null
    union all
    select links.creator, 'visitor:' || clicks.visitor as person
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where clicks.visitor is not null and clicks.consent and clicks.clicked_at <= $as_of
)
select distinct creator, person
from brought
where creator is not null
order by creator nulls first, person nulls first
