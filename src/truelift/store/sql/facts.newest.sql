-- dialect: duckdb
select max(cast({occurred} as timestamp)), max(recorded_at) from fact_{kind} where brand = $brand
