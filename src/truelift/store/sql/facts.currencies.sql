-- Every currency that a fact is in.
select distinct currency from (
    select currency from @known(orders) as orders
    union all
    select currency from @known(refunds) as refunds
    union all
    select currency from @known(costs) as costs
    union all
    select currency from @known(invoices) as invoices
    union all
    select currency from @known(bank_lines) as bank_lines
    union all
    select currency from @known(leads) as leads
    union all
    select currency from @known(reported) as reported
) as named
where currency is not null
order by currency nulls first
