-- The files that posts, readings, followers, orders and leads came from.
select source_sha256 from (
    select distinct source_sha256 from @known(posts) as posts
    union
    select distinct source_sha256 from @known(observations) as observations
    union
    select distinct source_sha256 from @known(followers) as followers
    union
    select distinct source_sha256 from @known(orders) as orders
    union
    select distinct source_sha256 from @known(leads) as leads
) as files
order by source_sha256 nulls first
