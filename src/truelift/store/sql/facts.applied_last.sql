-- dialect: duckdb
-- The last segment in the file, and whether every one after another is there too.
select
    coalesce(max(number), $number) as number,
    coalesce(max(number), $number) - $number = count(*) as whole
from applied_segment
where number > $number
