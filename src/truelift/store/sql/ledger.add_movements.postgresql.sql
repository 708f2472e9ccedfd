-- dialect: postgresql
-- Adds what entries move to the sums of their periods: all of them in one statement, from one array
-- for each column.
INSERT INTO period_movement AS kept
SELECT %(brand)s, added.*
FROM unnest(
  %(period)s::text[], %(account)s::text[], %(currency)s::text[],
  %(amount_minor)s::bigint[], %(base_minor)s::bigint[], %(postings)s::bigint[]
) AS added
ON CONFLICT (brand, period, account, currency) DO UPDATE SET
  amount_minor = kept.amount_minor + excluded.amount_minor,
  base_minor = kept.base_minor + excluded.base_minor,
  postings = kept.postings + excluded.postings
