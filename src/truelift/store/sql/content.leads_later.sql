-- Leads that were won: their value is on the day they were won, or on the day they came.
select
    'lead won' as what, won_at, created_at, source, lead_id as id, value as amount, currency,
    source_file, source_line
from @known(leads) as leads
where won_at is not null and won_at <= $as_of and value is not null
order by won_at desc nulls last, source nulls first, lead_id nulls first
