-- The leads among dirty conversions, with what the query of touchpoints reads of them.
-- $since, $until: the first and the last of them.
select
    leads.source, leads.lead_id, leads.created_at, leads.day, leads.code, leads.click_id,
    leads.visitor
from @known(leads) as leads
where
    leads.created_at >= $since and leads.created_at <= $until
    and leads.lead_id in (
        select dirty.conversion_id from @given(dirty) as dirty
        where dirty.conversion_kind = 'lead'
    )
