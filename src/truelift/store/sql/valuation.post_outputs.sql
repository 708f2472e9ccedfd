-- The last complete readings of our sponsored posts, by campaign.
select
    sponsored.campaign, sponsored.share_ppm, readings.creator, readings.platform, readings.post_id,
    readings.published_at, readings.views, readings.reach, readings.impressions, readings.likes,
    readings.comments, readings.shares, readings.saves, readings.source_file,
    readings.source_line
from @given(sponsored) as sponsored
join @given(readings) as readings
    on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
order by
    sponsored.campaign nulls first, readings.creator nulls first, readings.platform nulls first,
    readings.post_id nulls first
