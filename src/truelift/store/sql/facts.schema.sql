-- dialect: duckdb
create table if not exists applied_segment (
    number bigint,
    kind varchar,
    rows_applied bigint
)
