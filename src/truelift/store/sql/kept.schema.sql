-- dialect: duckdb
-- Shares that are kept so that they need not be made anew for every report: a cache, in no segment,
-- dropped and made again whenever in doubt. Beside them the catalog rows they were made with.
--   kept_state  of what each brand's shares are: the rule, the last segment, the catalog's version,
--               and the newest recording among the facts and catalog rows that they follow from
create table if not exists kept_state (
    brand varchar, rule varchar, segment bigint, catalog varchar, recorded_at timestamp
);
create table if not exists kept_share (
    brand varchar, conversion_kind varchar, source varchar, conversion_id varchar,
    converted_at timestamp, day date, creator varchar, campaign varchar, platform varchar,
    post_id varchar, evergreen boolean, evidence varchar, share_ppm bigint, position bigint
);
create table if not exists kept_codes (
    brand varchar, code varchar, valid_from timestamp, valid_to timestamp, creator varchar,
    campaign varchar, kind varchar
);
create table if not exists kept_links (
    brand varchar, slug varchar, valid_from timestamp, valid_to timestamp, creator varchar,
    campaign varchar, kind varchar, post_id varchar
);
create table if not exists kept_aliases (
    brand varchar, kind varchar, alias varchar, valid_from timestamp, creator varchar,
    campaign varchar
);
create table if not exists kept_profiles (
    brand varchar, platform varchar, handle varchar, valid_from timestamp, valid_to timestamp,
    creator varchar
)
