-- The leads that shares are of, whole.
select leads.*
from @known(leads) as leads
where
    leads.lead_id in (
        select conversion_id from @given(shares) as shares where conversion_kind = 'lead'
    )
