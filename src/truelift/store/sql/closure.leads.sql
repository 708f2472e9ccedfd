-- The leads among dirty conversions.
select leads.*
from @known(leads) as leads
where exists (
    select 1 from @given(dirty) as dirty
    where
        dirty.conversion_kind = 'lead' and dirty.conversion_id = leads.lead_id
        and coalesce(dirty.source, '') = coalesce(leads.source, '')
)
