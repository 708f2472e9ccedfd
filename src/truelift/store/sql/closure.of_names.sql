-- The conversions whose code or tags name a catalog row that came, went or changed. More than needed
-- does no harm, one too few does.
--   given_changed_names  closure.changed_names
with
conversions as (
    select
        'order' as conversion_kind, source, order_id as conversion_id, ordered_at as converted_at,
        upper(trim(code)) as code, codes, lower(utm_content) as utm_content,
        lower(utm_campaign) as utm_campaign
    from @known(orders) as known_orders
    union all
    select
        'lead' as conversion_kind, source, lead_id as conversion_id, created_at as converted_at,
        upper(trim(code)) as code, cast(null as string) as codes, cast(null as string) as utm_content,
        cast(null as string) as utm_campaign
    from @known(leads) as known_leads
),
changed_codes as (
    select name from @given(changed_names) where kind = 'code'
),
lists as (
    select distinct codes from conversions where codes is not null
),
changed_lists as (
    select distinct lists.codes
    from lists
    inner join changed_codes on position(changed_codes.name in upper(lists.codes)) > 0
)
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join changed_codes on changed_codes.name = conversions.code
union
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join changed_lists on changed_lists.codes = conversions.codes
union
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join @given(changed_names) as names
    on names.name = conversions.utm_content and names.kind in ('utm_content', 'tag')
union
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join @given(changed_names) as names
    on names.name = conversions.utm_campaign and names.kind = 'utm_campaign'
