-- dialect: duckdb
-- How far the spool is taken in, what was answered to requests that may be repeated, and which
-- deliveries of webhooks were applied, from which place of the spool. All are committed with the rows
-- they are about, and carried over when the file is made again from its segments. From a damaged file
-- they cannot be: the spool is then read again as far as it is kept, which makes its deliveries known
-- again and adds nothing, for rows are known by their natural keys.
create table if not exists spool_taken (
    worker varchar,
    segment varchar,
    byte bigint
);
create table if not exists answered_request (
    person varchar,
    request_key varchar,
    body_sha256 varchar,
    status integer,
    answer varchar,
    answered_at timestamp
);
create table if not exists applied_delivery (
    delivery varchar,
    file varchar,
    byte bigint
)
