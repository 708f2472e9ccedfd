-- dialect: duckdb
-- What each incoming row is, beside the row of the same natural key that is known now:
-- new, duplicate, update (newer, or the same origin says so), stale (an older version), or refused.
with given as (
    select *, row_number() over () - 1 as position from incoming
),
known as (
    select * from fact_{kind} where brand = $brand and superseded_at is null
),
paired as (
    select
        given.position, given.source_line, given.row_hash, known.row_hash as known_hash,
        known.origin as known_origin, known.source_sha256 as known_sha256,
        {newer} as newer
    from given left join known on {same}
)
select
    position, source_line, known_origin,
    case
        when known_hash is null then 'new'
        when known_hash = row_hash then 'duplicate'
        when newer = 1 then 'update'
        when newer = -1 then 'stale'
        when known_sha256 = $sha256 then 'same_import'
        when known_origin = $origin then 'update'
        else 'conflict'
    end as verdict
from paired
order by position nulls last
