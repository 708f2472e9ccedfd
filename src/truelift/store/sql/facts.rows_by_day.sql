-- dialect: duckdb
-- How many rows of a kind a brand has on each of its days.
select day, count(*) as "rows"
from fact_{kind}
where brand = $brand
group by day
order by day nulls first
