-- Cost documents as known, in a fixed order. A shop's affiliate report names a creator by the handle
-- on its platform; everybody else by the creator's id.
select
    costs.document, costs.line, costs.state, costs.date,
    coalesce(profiles.creator, costs.creator) as creator, costs.campaign, costs.agreement,
    costs.deliverable, costs.type, costs.amount, costs.currency, costs.tax, costs.recoverable,
    costs.withheld, costs.settles, costs.counterparty, costs.fair_value
from @known(costs) as costs
left join @catalog(profiles) as profiles
    on costs.origin = 'tiktok_shop_affiliate' and profiles.platform = 'tiktok'
    and profiles.handle = costs.creator
order by
    costs.document nulls first, costs.line nulls first, costs.state nulls first,
    costs.date nulls first
