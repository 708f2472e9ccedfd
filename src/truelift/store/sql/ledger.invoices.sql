-- Invoices of suppliers as known, in a fixed order.
select
    supplier, number, date, due_on, currency, net, tax, gross, recoverable, type, agreement,
    deliverable, purchase_order, campaign, description, iban, end_to_end_id, disputed,
    source_file, source_line
from @known(invoices) as invoices
order by supplier nulls first, number nulls first
