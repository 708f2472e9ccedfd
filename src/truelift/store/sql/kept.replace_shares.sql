-- dialect: duckdb
-- The shares of dirty conversions give way to those that were made anew, both by kind and id, so that
-- the conversions of all sources that use an id go together.
delete from kept_share
where
    brand = $brand and conversion_kind = 'order' and conversion_id in (
        select conversion_id from given_dirty where conversion_kind = 'order'
    );
delete from kept_share
where
    brand = $brand and conversion_kind = 'lead' and conversion_id in (
        select conversion_id from given_dirty where conversion_kind = 'lead'
    );
insert into kept_share
select
    $brand, conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from given_shares
