-- dialect: duckdb
-- How far the spool is taken in, and what was answered to requests that may be repeated. Both are
-- committed with the rows they are about; neither is lost when the file is made again from its
-- segments, for rows are known by their natural keys.
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
)
