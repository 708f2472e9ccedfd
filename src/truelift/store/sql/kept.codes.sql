-- dialect: duckdb
select * exclude (brand) from kept_codes where brand = $brand
