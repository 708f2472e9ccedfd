-- dialect: duckdb and spark
-- Rows of a kind of which none was superseded.
select {columns}, cast(null as timestamp) as superseded_at
from lake_{kind} as rows
