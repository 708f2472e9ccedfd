-- Posts that name somebody: their collaborators and captions with a handle, and mentions by tag.
select
    readings.creator, posts.platform, posts.post_id, posts.collaborators, posts.caption,
    cast(null as string) as tag
from @known(posts) as posts
join @given(readings) as readings
    on readings.platform = posts.platform and readings.post_id = posts.post_id
where posts.published_at <= $as_of
    and (posts.collaborators is not null or posts.caption like '%@%')
union all
select
    readings.creator, mentions.platform, mentions.post_id,
    cast(null as string) as collaborators, cast(null as string) as caption, mentions.tag
from @known(mentions) as mentions
join @given(readings) as readings
    on readings.platform = mentions.platform and readings.post_id = mentions.post_id
order by platform nulls first, post_id nulls first, creator nulls first, tag nulls first
