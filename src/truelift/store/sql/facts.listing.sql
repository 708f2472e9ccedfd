-- dialect: duckdb
-- The stored rows of a kind, as known, with where each came from; the newest $limit by key.
select {columns}, source_file, source_line
from @known({kind}) as listed
order by {order}
limit $limit
