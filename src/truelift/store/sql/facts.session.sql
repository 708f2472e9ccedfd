-- dialect: duckdb
set memory_limit = $memory
