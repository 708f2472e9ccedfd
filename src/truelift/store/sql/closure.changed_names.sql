-- dialect: duckdb
-- By which name a conversion or a click finds a catalog row that is another one than it was when
-- shares were kept: a row that came, went or changed.
with
codes as (
    (
        select code, valid_from, valid_to, creator, campaign, kind from kept_codes
        where brand = $brand
        except all
        select code, valid_from, valid_to, creator, campaign, kind from catalog_codes
    )
    union all
    (
        select code, valid_from, valid_to, creator, campaign, kind from catalog_codes
        except all
        select code, valid_from, valid_to, creator, campaign, kind from kept_codes
        where brand = $brand
    )
),
links as (
    (
        select slug, valid_from, valid_to, creator, campaign, kind, post_id from kept_links
        where brand = $brand
        except all
        select slug, valid_from, valid_to, creator, campaign, kind, post_id from catalog_links
    )
    union all
    (
        select slug, valid_from, valid_to, creator, campaign, kind, post_id from catalog_links
        except all
        select slug, valid_from, valid_to, creator, campaign, kind, post_id from kept_links
        where brand = $brand
    )
),
aliases as (
    (
        select kind, alias, valid_from, creator, campaign from kept_aliases where brand = $brand
        except all
        select kind, alias, valid_from, creator, campaign from catalog_aliases
    )
    union all
    (
        select kind, alias, valid_from, creator, campaign from catalog_aliases
        except all
        select kind, alias, valid_from, creator, campaign from kept_aliases where brand = $brand
    )
),
profiles as (
    (
        select platform, handle, valid_from, valid_to, creator from kept_profiles
        where brand = $brand
        except all
        select platform, handle, valid_from, valid_to, creator from catalog_profiles
    )
    union all
    (
        select platform, handle, valid_from, valid_to, creator from catalog_profiles
        except all
        select platform, handle, valid_from, valid_to, creator from kept_profiles
        where brand = $brand
    )
)
select 'code' as kind, code as name from codes
union
select 'code' as kind, upper(alias) as name from aliases where kind = 'code'
union
select kind, lower(alias) as name from aliases where kind in ('utm_content', 'utm_campaign')
union
select 'tag' as kind, concat(platform, ':@', handle) as name from profiles
union
select 'link' as kind, slug as name from links
