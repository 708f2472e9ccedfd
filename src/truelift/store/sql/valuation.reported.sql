-- What platforms and tools claim, by campaign, creator, day and currency.
select
    campaign, creator, date as day, currency,
    cast(sum(revenue) as bigint) as revenue,
    cast(sum(conversions) as bigint) as conversions,
    cast(sum(clicks) as bigint) as clicks
from @known(reported) as reported
where date <= cast($as_of_day as date)
group by campaign, creator, date, currency
order by campaign nulls first, creator nulls first, day nulls first, currency nulls first
