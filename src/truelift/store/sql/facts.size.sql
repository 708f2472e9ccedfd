-- dialect: duckdb
-- About how many rows of facts the file holds.
select coalesce(sum(estimated_size), 0)::bigint as "rows"
from duckdb_tables()
where table_name like 'fact\_%' escape '\'
