-- dialect: duckdb
insert into applied_delivery select delivery, file, byte from given_deliveries
