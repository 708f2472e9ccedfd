-- How many people two creators both brought, and each of them alone (a creator beside itself):
-- customers and visitors of the orders attributed to them, and visitors of their links who agreed
-- to be recognised. Names of both sorts are kept apart by their first letter.
--   given_audiences   the creators that are compared
with brought as (
    select shares.creator, 'customer:' || orders.customer as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.customer is not null
        and shares.creator in (select creator from @given(audiences))
    union all
    select shares.creator, 'visitor:' || orders.visitor as person
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order' and orders.visitor is not null
        and shares.creator in (select creator from @given(audiences))
    union all
    select links.creator, 'visitor:' || clicks.visitor as person
    from @known(clicks) as clicks
    join @catalog(links) as links on links.slug = clicks.slug
    where clicks.visitor is not null and clicks.consent and clicks.clicked_at <= $as_of
        and links.creator in (select creator from @given(audiences))
),
people as (
    select distinct creator, person from brought
)
select one.creator, other.creator as other, count(*) as people
from people as one
join people as other on other.person = one.person
group by one.creator, other.creator
order by one.creator nulls first, other.creator nulls first
