"""The kinds have the columns, natural keys and required values that users script against."""

import dataclasses
import re

import pytest

from truelift.base.columns import ColumnType, Plane
from truelift.base.errors import UsageError
from truelift.facts.kinds import KINDS, kind_named

# kind: natural key | other columns; * is required. A change here is a change for every user.
AGREED = """
creators: creator* | name category country email
profiles: platform* handle* | creator* profile_id valid_from valid_to
followers: platform* handle* observed_at* | followers*
aliases: kind* alias* valid_from | creator campaign
campaigns: campaign* | name goal* starts* ends* budget currency* hashtags entity cost_centre
targets: campaign* creator metric* | target* by
agreements: agreement* | campaign creator* fee currency* signed_on* starts ends cancelled_on
    cancellable_until cancel_fee advance commission_rate commission_base commission_trigger
    commission_window_days new_customers_only commission_cap bonus_metric bonus_threshold
    bonus_amount usage_from usage_to usage_fee agency agency_fee kind
deliverables: deliverable* | agreement* platform type price due_on live_at accepted_at post_id
posts: platform* post_id* | handle creator published_at* format campaign campaigns deliverable
    sponsored_by disclosed collaborators url caption deleted_at
observations: platform* post_id* observed_at* | views reach impressions likes comments shares
    saves replies follows link_clicks watch_seconds paid_views paid_impressions final estimated
    source
codes: code* valid_from | creator campaign valid_to kind
links: slug* | destination* creator campaign post_id kind valid_from valid_to
clicks: click_id* | clicked_at* slug* visitor user_agent referrer country consent
landings: click_id* | landed_at* visitor
orders: source order_id* | ordered_at* currency* subtotal* discount tax shipping
    prices_include_tax payment_fees cogs fulfilment code codes click_id visitor customer
    new_customer order_type utm_source utm_medium utm_campaign utm_content survey_creator
    ship_country ship_region updated_at cancelled_at
order_lines: source order_id* line* | sku category quantity price discount cogs
refunds: source refund_id* | order_id* refunded_at* amount* currency* line quantity restocked
    cogs_returned shipping fees
leads: source lead_id* | created_at* stage won_at value currency code click_id visitor
costs: document* line state* date* | creator campaign agreement deliverable type* amount*
    currency* tax recoverable withheld service_from service_to sku quantity fair_value settles
    counterparty
invoices: supplier* number* | date* due_on currency* net* tax gross recoverable type agreement
    deliverable purchase_order campaign description iban end_to_end_id disputed
bank_lines: bank_line* | date* amount* currency* counterparty iban invoice reference
    end_to_end_id
margins: scope* key* valid_from* | margin_rate* approved_by
values: metric* valid_from* campaign | valid_to unit_value* currency* basis* approved_by
participants: campaign* creator* | arm* from to
experiments: experiment* | campaign* design* outcome* factor* low high level from to document
reported: source* campaign* creator date* | revenue conversions clicks currency
events: event* starts* | ends kind scope
sessions: date* source* medium* campaign* | sessions engaged_sessions key_events revenue
    currency
mentions: platform* post_id* tag* | published_at handle reach
rates: date* base* quote* kind | rate* source
balances: entity* period* account* | amount* currency*
allocations: document* valid_from* | shares
"""
WORDS = {
    name: tuple(re.findall(r"[|]|\w+\*?", columns))
    for name, columns in re.findall(r"^(\w+): (.*(?:\n {4}.*)*)", AGREED, re.MULTILINE)
}


def test_there_are_exactly_the_agreed_kinds():
    assert set(KINDS) == set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_kind_has_its_agreed_columns_key_and_required_values(name):
    kind, words = KINDS[name], WORDS[name]
    columns = [word.rstrip("*") for word in words if word != "|"]
    assert kind.names == tuple(columns)
    assert kind.key == tuple(columns[: words.index("|")])
    required = {word.rstrip("*") for word in words if word.endswith("*")}
    assert {column.name for column in kind.columns if column.required} == required


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_is_told_to_people_and_placed_in_time(kind):
    assert kind.help.endswith(".")
    assert all(column.help for column in kind.columns)
    happens = kind.plane is Plane.FACTS and kind.name != "order_lines"  # when their order does
    assert happens == (kind.occurred is not None)
    if kind.occurred:
        assert kind.column(kind.occurred).type in {ColumnType.INSTANT, ColumnType.DATE}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_amounts_have_a_currency_beside_them_and_choices_their_words(kind):
    for column in kind.columns:
        assert (column.type is ColumnType.CHOICE) == bool(column.choices)
    money = [column for column in kind.columns if column.type is ColumnType.MONEY]
    by_other = {"order_lines", "deliverables"}  # in the currency of their order or agreement
    assert not money or kind.name in by_other or "currency" in kind.names


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do():
    assert kind_named("orders") is KINDS["orders"]
    with pytest.raises(UsageError, match="There is no kind 'order'; the kinds are agreements, "):
        kind_named("order")


def test_column_descriptions_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        KINDS["orders"].column("subtotal").required = False
