-- dialect: duckdb
drop table if exists kept_state;
drop table if exists kept_share;
drop table if exists kept_codes;
drop table if exists kept_links;
drop table if exists kept_aliases;
drop table if exists kept_profiles
