-- dialect: duckdb
-- How many rows of a kind there are, of every version and brand.
select count(*) as "rows" from fact_{kind}
