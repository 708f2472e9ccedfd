-- Sessions by the campaign name that web analytics uses.
select campaign as utm_campaign, date as day, cast(sum(sessions) as bigint) as sessions
from @known(sessions) as sessions
where date <= cast($as_of_day as date)
group by campaign, date
order by utm_campaign nulls first, day nulls first
