-- dialect: duckdb
select * exclude (brand) from kept_aliases where brand = $brand
