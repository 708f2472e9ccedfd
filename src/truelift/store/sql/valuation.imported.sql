-- The kinds of which any row is known; of the others nobody can say that there was nothing.
select distinct kind from (
    select 'orders' as kind from @known(orders) as orders where ordered_at <= $as_of
    union all
    select 'leads' as kind from @known(leads) as leads where created_at <= $as_of
    union all
    select 'clicks' as kind from @known(clicks) as clicks where clicked_at <= $as_of
    union all
    select 'posts' as kind from @known(posts) as posts where published_at <= $as_of
    union all
    select 'sessions' as kind from @known(sessions) as sessions
    where date <= cast($as_of_day as date)
    union all
    select 'mentions' as kind from @known(mentions) as mentions
    where published_at is null or published_at <= $as_of
) as kinds
order by kind nulls first
