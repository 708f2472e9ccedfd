-- dialect: duckdb
select distinct rule from kept_state
