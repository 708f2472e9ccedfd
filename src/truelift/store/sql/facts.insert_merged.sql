-- dialect: duckdb
-- Rows of a merged segment, each superseded by the row of the next segment that names its key, as
-- if the segments were applied one after the other. Keys with an empty part are never the same.
insert into fact_{kind} ({columns}, superseded_at)
select
    {columns},
    case when {named} then first_value(recorded_at) over (
        partition by {key} order by {number} range between 1 following and unbounded following
    ) end
from segment_rows
order by {number}
