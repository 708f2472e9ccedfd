-- dialect: duckdb
-- The segments after one that can hold a brand's rows of some kinds.
select number, kind, rows_applied
from applied_segment
where
    number > $number and list_contains($kinds, kind) and coalesce(brand = $brand, true)
order by number
