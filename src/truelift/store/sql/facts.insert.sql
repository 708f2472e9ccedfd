-- dialect: duckdb
insert into fact_{kind} ({columns}) select {columns} from segment_rows
