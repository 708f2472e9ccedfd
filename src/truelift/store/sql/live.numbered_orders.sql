-- dialect: duckdb
-- Orders by the number that a shop gives them beside their name; it stands in their notes.
select json_extract_string(notes, $note) as number, order_id, currency, prices_include_tax
from @known(orders)
where notes is not null and json_extract_string(notes, $note) in (select number from given_numbers)
