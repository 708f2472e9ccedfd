-- dialect: duckdb and spark
-- How many rows of a kind superseded one that was known, or may have: older rows do not say.
select count(*) as rows
from lake_{kind} as rows
where coalesce(supersedes, true)
