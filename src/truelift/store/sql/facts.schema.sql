-- dialect: duckdb
-- Which segments are in the file. brand: whose the rows are; null of those that a version applied
-- which did not write it down.
create table if not exists applied_segment (
    number bigint,
    kind varchar,
    rows_applied bigint
);
alter table applied_segment add column if not exists brand varchar
