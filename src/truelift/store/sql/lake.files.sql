-- dialect: duckdb
-- The files of one version of a table; the day they are parted by is no column.
create temp view {name} as
select * from read_parquet([{files}], hive_partitioning = false, union_by_name = true)
