-- When the post that fulfils a deliverable went live, named by the post or by the deliverable, and when
-- the last of its posts was deleted; null while any of them is there.
select
    deliverable, min(published_at) as published_at,
    case when count(deleted_at) = count(*) then max(deleted_at) end as deleted_at
from (
    select posts.deliverable, posts.published_at, posts.deleted_at
    from @known(posts) as posts where posts.deliverable is not null
    union all
    select deliverables.deliverable, posts.published_at, posts.deleted_at
    from @catalog(deliverables) as deliverables
    join @known(posts) as posts
        on posts.post_id = deliverables.post_id
        and posts.platform = coalesce(deliverables.platform, posts.platform)
) as fulfilled
group by deliverable
order by deliverable nulls first
