-- dialect: duckdb
-- Which of some deliveries of webhooks were applied, and from where.
select delivery, file, byte from applied_delivery
where delivery in (select delivery from given_deliveries)
