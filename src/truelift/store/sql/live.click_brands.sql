-- dialect: duckdb
-- Whose some clicks are. An id that several brands have is that of our own link, then the first's.
select click_id, brand
from fact_clicks
where superseded_at is null and click_id in (select click_id from given_clicks)
qualify row_number() over (
    partition by click_id order by origin <> 'collector', recorded_at, brand
) = 1
