-- dialect: duckdb
delete from kept_share where brand = $brand
