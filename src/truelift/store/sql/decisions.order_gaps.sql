-- How long no order came: the newest one, and the longest gap (seconds) between two orders of the
-- $days before it.
with newest as (
    select max(ordered_at) as ordered_at from @known(orders) as known_orders
    where ordered_at <= $as_of
),
recent as (
    select
        orders.ordered_at,
        lag(orders.ordered_at) over (order by orders.ordered_at nulls first) as before
    from @known(orders) as orders
    cross join newest
    where
        orders.ordered_at <= newest.ordered_at
        and orders.ordered_at >= @days_before(newest.ordered_at, $days)
)
select
    max(ordered_at) as newest, count(*) as orders,
    max(case when before is null then 0 else @seconds(before, ordered_at) end) as longest
from recent
