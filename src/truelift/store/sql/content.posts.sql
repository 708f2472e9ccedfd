-- Our sponsored posts with their last complete reading, by campaign, newest first.
select
    sponsored.campaign, readings.creator, readings.platform, readings.post_id, readings.format,
    readings.published_at, readings.observed_at, readings.views, readings.reach,
    readings.impressions, readings.likes, readings.comments, readings.shares, readings.saves,
    readings.link_clicks, readings.paid_views, readings.boosted, readings.deleted_at,
    posts.disclosed, posts.url, posts.deliverable
from @given(sponsored) as sponsored
join @given(readings) as readings
    on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
join @known(posts) as posts
    on posts.platform = sponsored.platform and posts.post_id = sponsored.post_id
order by
    readings.published_at desc nulls last, sponsored.campaign nulls first,
    readings.platform nulls first, readings.post_id nulls first
