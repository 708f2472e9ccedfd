-- The conversions that clicks can have moved: with the click id or the visitor of one that came or
-- changed in the lookback before them. More than needed does no harm, one too few does.
--   given_moved_clicks   as they are and as they were
--   $since, $until       between the first of them and the lookback after the last of them
-- Parameters: $brand, $known_at, $lookback_days.
with
conversions as (
    select
        'order' as conversion_kind, source, order_id as conversion_id, ordered_at as converted_at,
        click_id, visitor
    from @known(orders) as known_orders
    where ordered_at >= $since and ordered_at <= $until
    union all
    select
        'lead' as conversion_kind, source, lead_id as conversion_id, created_at as converted_at,
        click_id, visitor
    from @known(leads) as known_leads
    where created_at >= $since and created_at <= $until
)
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join @given(moved_clicks) as clicks
    on clicks.click_id = conversions.click_id
    and clicks.clicked_at <= conversions.converted_at
    and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
union
select
    conversions.conversion_kind, conversions.source, conversions.conversion_id,
    conversions.converted_at
from conversions
inner join @given(moved_clicks) as clicks
    on clicks.visitor = conversions.visitor
    and clicks.clicked_at <= conversions.converted_at
    and clicks.clicked_at >= @days_before(conversions.converted_at, $lookback_days)
