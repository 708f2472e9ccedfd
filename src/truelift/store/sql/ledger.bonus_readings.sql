-- Every reading of the posts that fulfil deliverables of an agreement with a bonus, oldest first.
with promised as (
    select deliverables.deliverable, deliverables.agreement, deliverables.platform,
        deliverables.post_id
    from @catalog(deliverables) as deliverables
    join @catalog(agreements) as agreements
        on agreements.agreement = deliverables.agreement
    where agreements.bonus_amount is not null and agreements.bonus_threshold is not null
),
fulfilled as (
    select promised.agreement, posts.platform, posts.post_id
    from promised
    join @known(posts) as posts on posts.deliverable = promised.deliverable
    union
    select promised.agreement, named.platform, named.post_id
    from promised
    join @known(posts) as named
        on named.post_id = promised.post_id
        and named.platform = coalesce(promised.platform, named.platform)
)
select
    fulfilled.agreement, seen.platform, seen.post_id, seen.observed_at, seen.views, seen.reach,
    seen.impressions, seen.likes, seen.comments, seen.shares, seen.saves, seen.replies,
    seen.follows, seen.link_clicks, seen.watch_seconds
from fulfilled
join @known(observations) as seen
    on seen.platform = fulfilled.platform and seen.post_id = fulfilled.post_id
where seen.observed_at <= $as_of
order by
    fulfilled.agreement nulls first, seen.observed_at nulls first, seen.platform nulls first,
    seen.post_id nulls first
