-- dialect: duckdb
-- The known rows of some natural keys, whole.
select {columns}
from (select * from fact_{kind} where brand = $brand and superseded_at is null) as known
join given_rows as given on {same}
