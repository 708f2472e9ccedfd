-- Cost documents as known, in a fixed order.
select
    document, line, state, date, creator, campaign, agreement, deliverable, type, amount, currency,
    tax, recoverable, withheld, settles, counterparty
from @known(costs) as costs
order by document nulls first, line nulls first, state nulls first, date nulls first
