-- dialect: duckdb
-- The kept shares of creators: of those who are named or have any in a campaign; and of all creators
-- those outside campaigns, which are the history of their own codes and links.
select
    conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from kept_share
where
    brand = $brand and converted_at <= $as_of and creator is not null
    and (
        campaign is null
        or creator in (select creator from given_creators)
        or creator in (
            select creator from kept_share where brand = $brand and campaign = $campaign
        )
    )
