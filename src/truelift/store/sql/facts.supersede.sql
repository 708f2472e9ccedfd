-- dialect: duckdb
update fact_{kind} as known
set superseded_at = given.recorded_at
from segment_rows as given
where known.superseded_at is null and {same}
