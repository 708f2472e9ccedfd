-- How many conversions each day (of UTC) has.
select day, cast(sum(conversions) as bigint) as conversions
from (
    select cast(ordered_at as date) as day, count(*) as conversions
    from @known(orders) as orders
    group by cast(ordered_at as date)
    union all
    select cast(created_at as date) as day, count(*) as conversions
    from @known(leads) as leads
    group by cast(created_at as date)
) as days
group by day
order by day nulls first
