-- dialect: duckdb
-- The shares of dirty conversions give way to those that were made anew.
delete from kept_share
where
    brand = $brand
    and (conversion_kind, coalesce(source, ''), conversion_id) in (
        select (conversion_kind, coalesce(source, ''), conversion_id) from given_dirty
    );
insert into kept_share
select
    $brand, conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from given_shares
