-- dialect: duckdb
-- The shares of conversions give way to those that were made anew.
delete from kept_share
where
    brand = $brand
    and conversion_id in (select conversion_id from given_dirty)
    and exists (
        select 1 from given_dirty as dirty
        where
            dirty.conversion_id = kept_share.conversion_id
            and dirty.conversion_kind = kept_share.conversion_kind
            and coalesce(dirty.source, '') = coalesce(kept_share.source, '')
    );
insert into kept_share
select
    $brand, conversion_kind, source, conversion_id, converted_at, day, creator, campaign, platform,
    post_id, evergreen, evidence, share_ppm, position
from given_shares
