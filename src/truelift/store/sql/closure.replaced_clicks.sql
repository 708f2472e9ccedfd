-- dialect: duckdb
-- What clicks that arrived again said before.
select click_id, visitor, clicked_at
from fact_clicks
where
    brand = $brand and superseded_at is not null
    and click_id in (select click_id from given_arrived_clicks)
