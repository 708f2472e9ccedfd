-- dialect: duckdb
delete from spool_taken where worker = $worker;
insert into spool_taken values ($worker, $segment, $byte)
