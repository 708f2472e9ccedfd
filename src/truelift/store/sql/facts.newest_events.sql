-- The newest event that is known: an instant, and a day for kinds that are dated by day. What
-- happens to an order, a lead, a deliverable or an agreement later (cancelled, won, live) is an event
-- too; what an agreement or a deliverable says of the time after it was recorded is a plan.
with moments as (
    select max(ordered_at) as moment from @known(orders) as orders
    union all
    select max(cancelled_at) as moment from @known(orders) as cancelled
    union all
    select max(refunded_at) as moment from @known(refunds) as refunds
    union all
    select max(created_at) as moment from @known(leads) as leads
    union all
    select max(won_at) as moment from @known(leads) as won
    union all
    select max(clicked_at) as moment from @known(clicks) as clicks
    union all
    select max(published_at) as moment from @known(posts) as posts
    union all
    select max(observed_at) as moment from @known(observations) as observations
    union all
    select max(observed_at) as moment from @known(followers) as followers
    union all
    select max(published_at) as moment from @known(mentions) as mentions
    union all
    select max(live_at) as moment from @catalog(deliverables) as deliverables
    where live_at <= $known_at
    union all
    select max(accepted_at) as moment from @catalog(deliverables) as accepted
    where accepted_at <= $known_at
),
days as (
    select max(date) as day from @known(costs) as costs
    union all
    select max(date) as day from @known(invoices) as invoices
    union all
    select max(date) as day from @known(bank_lines) as bank_lines
    union all
    select max(date) as day from @known(sessions) as sessions
    union all
    select max(date) as day from @known(reported) as reported
    union all
    select max(signed_on) as day from @catalog(agreements) as signed
    where signed_on <= cast($as_of_day as date)
    union all
    select max(cancelled_on) as day from @catalog(agreements) as cancelled
    where cancelled_on <= cast($as_of_day as date)
)
select
    (select max(moment) from moments) as moment,
    (select max(day) from days) as day
