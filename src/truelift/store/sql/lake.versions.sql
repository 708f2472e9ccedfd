-- dialect: duckdb and spark
-- Rows of a kind with the recording time of the next version of their key. Only the keys that a
-- later row superseded have several versions, and are few: ordering the versions of all of them is
-- what a question would spend most of its time on. Keys with an empty part are never the same.
with superseded as (
    select distinct {key}
    from lake_{kind}
    where coalesce(supersedes, true) and {named}
)
select {columns}, cast(null as timestamp) as superseded_at
from lake_{kind} as rows
where not exists (select 1 from superseded where {same})
union all
select
    {columns},
    lead(recorded_at) over (partition by {key} order by log_number nulls first) as superseded_at
from lake_{kind} as rows
where exists (select 1 from superseded where {same})
