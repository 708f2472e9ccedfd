-- When each creator launched in each campaign: the first sponsored post, the first order or lead
-- that a campaign's code or link brought, or the first reading with paid views of a sponsored post.
with acts as (
    select sponsored.campaign, readings.creator, readings.published_at as acted_at
    from @given(sponsored) as sponsored
    join @given(readings) as readings
        on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
    union all
    select sponsored.campaign, readings.creator, observations.observed_at as acted_at
    from @given(sponsored) as sponsored
    join @given(readings) as readings
        on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
    join @known(observations) as observations
        on observations.platform = sponsored.platform
        and observations.post_id = sponsored.post_id
    where observations.paid_views > 0 and observations.observed_at <= $as_of
    union all
    select shares.campaign, shares.creator, orders.ordered_at as acted_at
    from @given(shares) as shares
    join @known(orders) as orders
        on orders.source = shares.source and orders.order_id = shares.conversion_id
    where shares.conversion_kind = 'order'
    union all
    select shares.campaign, shares.creator, leads.created_at as acted_at
    from @given(shares) as shares
    join @known(leads) as leads
        on leads.source = shares.source and leads.lead_id = shares.conversion_id
    where shares.conversion_kind = 'lead'
)
select campaign, creator, min(acted_at) as launched_at
from acts
where campaign is not null and creator is not null
group by campaign, creator
order by campaign nulls first, creator nulls first
