-- dialect: duckdb
-- Rows without updated_at that say the same as the dated rows that are known, as far as they say
-- anything of money, codes and times: there is nothing to decide about them.
select given.position
from incoming as given
join (select * from fact_{kind} where brand = $brand and superseded_at is null) as known on {same}
where {agrees}
