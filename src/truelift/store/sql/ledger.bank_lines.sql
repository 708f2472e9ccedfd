-- Lines of bank accounts as known, in a fixed order.
select
    bank_line, date, amount, currency, counterparty, iban, invoice, reference, end_to_end_id,
    source_file, source_line
from @known(bank_lines) as bank_lines
order by date nulls first, bank_line nulls first
