-- dialect: duckdb and spark
-- Rows of a kind with the recording time of the next version of their key. Keys with an empty part
-- are never the same.
select
    {columns},
    case when {named} then lead(recorded_at) over (
        partition by {key} order by log_number nulls first
    ) end as superseded_at
from lake_{kind} as rows
