-- dialect: duckdb
select * exclude (brand) from kept_links where brand = $brand
