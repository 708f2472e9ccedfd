-- dialect: duckdb
select max({occurred}), max(recorded_at) from fact_{kind} where brand = $brand
