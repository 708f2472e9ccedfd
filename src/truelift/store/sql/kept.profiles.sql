-- dialect: duckdb
select * exclude (brand) from kept_profiles where brand = $brand
