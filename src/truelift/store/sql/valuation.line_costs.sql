-- The cost of goods of orders that state none, from their lines: a line's own cost, else the margin
-- of its article, its category or the brand in force on the day. Amounts of lines are millionths
-- of the main unit; the order's goods (minor units) are shared out over the lines by their net.
-- Tax that lies on the shipping is no part of the goods' (valuation.order_shares).
-- An order with a line of unknown cost has none.
with priced as (
    -- A sum of one row: its type holds the product of two large amounts.
    select
        orders.source, orders.order_id, orders.day, currencies.micro,
        orders.subtotal - coalesce(orders.discount, 0) as gross,
        orders.subtotal - coalesce(orders.discount, 0) + coalesce(orders.shipping, 0) as paid,
        sum(case when orders.prices_include_tax then coalesce(orders.tax, 0) else 0 end)
            over (partition by orders.source, orders.order_id) as tax
    from @known(orders) as orders
    join @given(currencies) as currencies on currencies.currency = orders.currency
    where orders.cogs is null and orders.ordered_at <= $as_of
),
orders as (
    select
        source, order_id, day, micro,
        gross - case when gross > 0 then @share(tax, gross, paid) else 0 end as goods
    from priced
),
lines as (
    select
        orders.source, orders.order_id, orders.day, orders.micro, orders.goods, lines.line,
        lines.sku, lines.category, lines.cogs,
        coalesce(lines.quantity, 1) * coalesce(lines.price, 0) - coalesce(lines.discount, 0)
            as net,
        sum(coalesce(lines.quantity, 1) * coalesce(lines.price, 0) - coalesce(lines.discount, 0))
            over (partition by orders.source, orders.order_id) as order_net
    from orders
    join @known(order_lines) as lines
        on lines.source = orders.source and lines.order_id = orders.order_id
),
margins as (
    select
        lines.source, lines.order_id, lines.line, margins.margin_rate,
        row_number() over (
            partition by lines.source, lines.order_id, lines.line
            order by
                case margins.scope when 'sku' then 1 when 'category' then 2 else 3 end
                    nulls last,
                margins.valid_from desc nulls last
        ) as preference
    from lines
    join @catalog(margins) as margins
        on margins.valid_from <= lines.day
        and (
            (margins.scope = 'sku' and margins.key = lines.sku)
            or (margins.scope = 'category' and margins.key = lines.category)
            or margins.scope = 'brand'
        )
),
shared as (
    select
        lines.*, margins.margin_rate,
        case when order_net > 0 then @share(net, goods, order_net) else 0 end as line_goods
    from lines
    left join margins
        on margins.source = lines.source and margins.order_id = lines.order_id
        and margins.line = lines.line and margins.preference = 1
),
costed as (
    select
        source, order_id,
        case
            when cogs is not null then @whole(cogs, micro)
            else line_goods - @share(line_goods, margin_rate, 1000000)
        end as cost
    from shared
)
select
    source, order_id,
    case when count(*) = count(cost) then cast(sum(cost) as bigint) end as cost
from costed
group by source, order_id
