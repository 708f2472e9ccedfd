-- dialect: duckdb
-- What each incoming row is, beside the row of the same natural key that is known now: new,
-- duplicate, update (newer, or the same origin says so), stale (an older version), or refused.
-- A row that this very file gave before, and that another file has replaced since, is stale too:
-- a folder of exports may be imported again and again, and old files never bring old values back.
with known as (
    select * from fact_{kind} where brand = $brand and superseded_at is null
),
replaced as (
    select distinct row_hash from fact_{kind}
    where brand = $brand and source_sha256 = $sha256 and superseded_at is not null
),
paired as (
    select
        given.position, given.source_line, given.row_hash, known.row_hash as known_hash,
        known.origin as known_origin, known.source_sha256 as known_sha256,
        known.source_line as known_line, replaced.row_hash is not null as was_replaced,
        {newer} as newer{kept}
    from incoming as given
    left join known on {same}
    left join replaced on replaced.row_hash = given.row_hash
)
select
    * exclude (newer, was_replaced, row_hash, known_hash),
    case
        when known_hash is null then 'new'
        when known_hash = row_hash then 'duplicate'
        when newer = 1 then 'update'
        when newer = -1 then 'stale'
        when known_sha256 = $sha256 and known_line <> source_line then 'same_import'
        when known_sha256 = $sha256 then 'update' -- the same line, read in another way
        when was_replaced then 'stale'
        when known_origin = $origin then 'update'
        else 'conflict'
    end as verdict
from paired
order by position nulls last
