-- Our sponsored posts that are live, with what they must show: whether they are marked as
-- advertising, their caption, and when a story was read last.
-- In: measurement.sponsored_posts and measurement.post_readings.
select
    sponsored.campaign, readings.platform, readings.post_id, readings.creator,
    readings.published_at, readings.format, readings.observed_at, posts.disclosed, posts.caption
from @given(sponsored) as sponsored
inner join @given(readings) as readings
    on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
inner join @known(posts) as posts
    on posts.platform = sponsored.platform and posts.post_id = sponsored.post_id
where readings.deleted_at is null and readings.creator is not null
order by sponsored.campaign nulls first, readings.platform nulls first, readings.post_id nulls first
