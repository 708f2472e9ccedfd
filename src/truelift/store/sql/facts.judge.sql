-- dialect: duckdb
-- What each incoming row is, beside the row of the same natural key that is known now: new,
-- duplicate, update (newer, or the same origin says so), stale (an older version), or refused.
-- A row that this very file gave before, and that another file has replaced since, is stale too:
-- a folder of exports may be imported again and again, and old files never bring old values back.
-- A row without updated_at never replaces one that has it, unless it tells of something later
-- (undated). What a page's public key said is replaced by whoever else speaks of it, and never
-- replaces anybody's word; what a person wrote on a page (form) replaces what they looked at, and a
-- file that says something else afterwards is a conflict; servers' keys (collect:...) are one sender, whichever key is in force.
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
        {newer} as newer, {undated} as undated, {trust} as trust{kept}
    from incoming as given
    left join known on {same}
    left join replaced on replaced.row_hash = given.row_hash
)
select
    * exclude (newer, undated, trust, was_replaced, row_hash, known_hash),
    case
        when known_hash is null then 'new'
        when known_hash = row_hash then 'duplicate'
        when trust = -1 then 'stale'
        when trust = 1 then 'update'
        when newer = 1 then 'update'
        when newer = -1 then 'stale'
        when known_sha256 = $sha256 and known_line <> source_line then 'same_import'
        when known_sha256 = $sha256 then 'update' -- the same line, read in another way
        when was_replaced then 'stale'
        when undated then 'undated'
        when known_origin = $origin then 'update'
        when $origin = 'collect:server' and starts_with(known_origin, 'collect:') then 'update'
        else 'conflict'
    end as verdict
from paired
order by position nulls last
