-- dialect: duckdb
select rule, segment, catalog, recorded_at from kept_state where brand = $brand
