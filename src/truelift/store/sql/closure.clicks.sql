-- All clicks that shares of some conversions can hang on, and perhaps others of the same visitors,
-- with what the query of touchpoints reads of them.
-- $since, $until: between the lookback of the first of them and the last of them.
select
    clicks.click_id, clicks.clicked_at, clicks.slug, clicks.visitor, clicks.consent, clicks.class
from @known(clicks) as clicks
where
    clicks.clicked_at >= $since and clicks.clicked_at <= $until
    and (
        clicks.click_id in (select click_id from @given(click_ids))
        or clicks.visitor in (select visitor from @given(visitors))
    )
