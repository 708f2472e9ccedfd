-- dialect: duckdb
delete from kept_state where brand = $brand;
insert into kept_state values ($brand, $rule, $segment, $catalog, $recorded_at)
