-- The first and the last day on which any order, lead or click is known, attributed or not.
select 'orders' as metric, min(day) as first_day, max(day) as last_day
from @known(orders) as orders
where ordered_at <= $as_of
union all
select 'leads' as metric, min(day) as first_day, max(day) as last_day
from @known(leads) as leads
where created_at <= $as_of
union all
select 'clicks' as metric, min(day) as first_day, max(day) as last_day
from @known(clicks) as clicks
where clicked_at <= $as_of
