-- Readings of our sponsored posts that a person should know of: a counter that went down, or a time
-- before the post or after its deletion.
with readings as (
    select
        sponsored.campaign, readings.creator, seen.platform, seen.post_id, seen.observed_at,
        readings.published_at, readings.deleted_at,
        seen.views, max(seen.views) over earlier as views_before,
        seen.reach, max(seen.reach) over earlier as reach_before,
        seen.impressions, max(seen.impressions) over earlier as impressions_before,
        seen.likes, max(seen.likes) over earlier as likes_before,
        seen.comments, max(seen.comments) over earlier as comments_before,
        seen.shares, max(seen.shares) over earlier as shares_before,
        seen.saves, max(seen.saves) over earlier as saves_before,
        seen.replies, max(seen.replies) over earlier as replies_before,
        seen.follows, max(seen.follows) over earlier as follows_before,
        seen.link_clicks, max(seen.link_clicks) over earlier as link_clicks_before,
        seen.source_file, seen.source_line
    from @given(sponsored) as sponsored
    join @given(readings) as readings
        on readings.platform = sponsored.platform and readings.post_id = sponsored.post_id
    join @known(observations) as seen
        on seen.platform = sponsored.platform and seen.post_id = sponsored.post_id
    where seen.observed_at <= $as_of
    window earlier as (
        partition by sponsored.campaign, seen.platform, seen.post_id
        order by seen.observed_at nulls first rows between unbounded preceding and 1 preceding
    )
)
select *
from readings
where observed_at < published_at or observed_at > deleted_at
    or views < views_before
    or reach < reach_before
    or impressions < impressions_before
    or likes < likes_before
    or comments < comments_before
    or shares < shares_before
    or saves < saves_before
    or replies < replies_before
    or follows < follows_before
    or link_clicks < link_clicks_before
order by platform nulls first, post_id nulls first, observed_at nulls first
