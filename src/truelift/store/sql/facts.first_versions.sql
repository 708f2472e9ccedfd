-- dialect: duckdb
-- Of the rows of a merged segment those of the first segment that names their key: they supersede
-- what is known. The later ones supersede each other (facts.insert_merged).
select * from segment_rows
qualify {number} = min({number}) over (partition by {key})
