-- dialect: duckdb
-- Clicks of a day of the brand that count (no double fires, as in valuation.click_cells), by ten
-- seconds, between $since and before $until.
-- $from: before $since, early enough that what came before it matters no more.
with human as (
    select
        day, clicked_at,
        lag(clicked_at) over (
            partition by slug, coalesce('visitor ' || visitor, 'click ' || click_id)
            order by clicked_at, click_id
        ) as clicked_before
    from fact_clicks
    where
        brand = $brand and superseded_at is null and class = 'human'
        and clicked_at >= $from and clicked_at < $until
        and day between $day::date - 1 and $day::date
)
select time_bucket(interval '10 seconds', clicked_at) as since, count(*) as found
from human
where
    day = $day and clicked_at >= $since
    and (clicked_before is null or date_diff('second', clicked_before, clicked_at) > 10)
group by since
