-- dialect: duckdb
select
    conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from kept_share
where brand = $brand and converted_at >= $since and converted_at < $until
