-- dialect: duckdb
-- When rows of some natural keys happened, as they are known now.
select {keys}, known.{occurred} as at
from fact_{kind} as known
join given_rows as given on {same}
where known.brand = $brand and known.superseded_at is null
