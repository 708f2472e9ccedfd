-- The conversions whose shares may be others than those kept. More than needed does no harm, one too
-- few does: a conversion hangs on its own row, on the clicks with its click id or visitor in the
-- lookback before it, and on the catalog rows that its code or tags name.
--   given_arrived        conversions that came or changed
--   given_moved_clicks   clicks that came or changed, as they are and as they were
--   given_changed_names  names of catalog rows that came, went or changed
-- Parameters: $brand, $known_at, $lookback_days.
with
conversions as (
    select
        'order' as conversion_kind, source, order_id as conversion_id, ordered_at as converted_at,
        upper(trim(code)) as code, codes, click_id, visitor, lower(utm_content) as utm_content,
        lower(utm_campaign) as utm_campaign
    from @known(orders) as known_orders
    union all
    select
        'lead' as conversion_kind, source, lead_id as conversion_id, created_at as converted_at,
        upper(trim(code)) as code, cast(null as varchar) as codes, click_id, visitor,
        cast(null as varchar) as utm_content, cast(null as varchar) as utm_campaign
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
),
dirty as (
    select conversion_kind, source, conversion_id from @given(arrived)
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join @given(moved_clicks) as clicks
        on clicks.click_id = conversions.click_id
        and clicks.clicked_at <= conversions.converted_at
        and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join @given(moved_clicks) as clicks
        on clicks.visitor = conversions.visitor
        and clicks.clicked_at <= conversions.converted_at
        and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join changed_codes on changed_codes.name = conversions.code
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join changed_lists on changed_lists.codes = conversions.codes
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join @given(changed_names) as names
        on names.name = conversions.utm_content and names.kind in ('utm_content', 'tag')
    union all
    select conversions.conversion_kind, conversions.source, conversions.conversion_id
    from conversions
    inner join @given(changed_names) as names
        on names.name = conversions.utm_campaign and names.kind = 'utm_campaign'
)
select distinct conversion_kind, source, conversion_id from dirty
