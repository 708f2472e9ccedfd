-- Codes that orders carry and nobody owned when the order was made: neither a row of its own (of a
-- creator or of the whole site) nor an alias of kind `code` was in force.
-- One row per code and currency; an order with several codes counts for each. Cancelled orders are
-- left out. net: goods less discount, in minor units of the currency.
-- Parameters: $brand, $known_at, $as_of.
with
digits as (
    select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
),
numbers as (
    select tens.digit * 10 + ones.digit + 1 as number
    from digits as tens cross join digits as ones
),
known_orders as (
    select
        source, order_id, ordered_at, day, currency, upper(trim(code)) as code, codes,
        subtotal - coalesce(discount, 0) as net
    from @known(orders) as orders
    where ordered_at <= $as_of and cancelled_at is null
),
listed as (
    select distinct
        lists.codes, upper(trim(split_part(lists.codes, ';', numbers.number))) as code
    from (select distinct codes from known_orders where codes is not null) as lists
    cross join numbers
),
coded as (
    select source, order_id, ordered_at, day, currency, net, code
    from known_orders
    where code is not null
    union all
    select
        known_orders.source, known_orders.order_id, known_orders.ordered_at, known_orders.day,
        known_orders.currency, known_orders.net, listed.code
    from known_orders
    inner join listed on listed.codes = known_orders.codes
    where listed.code <> coalesce(known_orders.code, '') and listed.code <> ''
),
owned as (
    select
        code,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        coalesce(valid_to, timestamp '9999-12-31 23:59:59') as until
    from @catalog(codes)
    union all
    select
        upper(alias) as code,
        coalesce(valid_from, timestamp '0001-01-01 00:00:00') as since,
        timestamp '9999-12-31 23:59:59' as until
    from @catalog(aliases)
    where kind = 'code'
)
select
    coded.code, coded.currency, count(*) as orders, sum(coded.net) as net,
    min(coded.day) as first_day, max(coded.day) as last_day
from coded
where not exists (
    select 1 from owned
    where owned.code = coded.code
        and owned.since <= coded.ordered_at and owned.until > coded.ordered_at
)
group by coded.code, coded.currency
order by count(*) desc nulls last, coded.code asc nulls first, coded.currency asc nulls first
