"""Two people come in, work at their brands, share a page, take it back, and leave."""

from __future__ import annotations

import pytest

from truelift.app import add_brand, create, opened, people_of
from truelift.base.secret import Secret
from truelift.operations.brands import brand_record

WORD = "correct horse battery"


@pytest.fixture
def house(served, tmp_path):
    """Serve two brands with an admin at both."""
    folder = tmp_path / "ws"
    create(folder, brand_record("acme", "USD", "UTC"))
    add_brand(folder, brand_record("bolt & co", "EUR", "UTC"))
    with opened(folder, "acme") as ws:
        orders = tmp_path / "orders.csv"
        orders.write_text(
            "order_id,ordered_at,currency,subtotal\n1,2026-05-01,USD,100.00\n", encoding="utf-8"
        )
        ws.import_files([orders])
    with people_of(folder) as people:
        people.add("root", "admin")
        people.set_password("root", Secret(WORD))
    return served(folder)


def sign_in(page, name, word=WORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(word)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def test_people_come_in_work_at_their_brand_share_a_page_and_leave(house, page, chromium, served):
    page.goto(f"{house}/people")
    assert page.url == f"{house}/sign-in?next=%2Fpeople"
    sign_in(page, "root", "wrong, and long enough")
    assert "do not fit" in page.locator("[role=alert]").inner_text()
    sign_in(page, "root")
    assert page.url == f"{house}/people"
    adding = page.locator("form[action='/act/add-person']")
    adding.get_by_label("Name").fill("mia")
    adding.get_by_label("Role").select_option("marketer")
    adding.get_by_role("button").click()
    setting = page.locator("form[action='/act/set-password']")
    setting.get_by_label("Name").fill("mia")
    setting.get_by_label("New password").fill(WORD)
    setting.get_by_role("button").click()
    assert "mia has a new password" in page.locator(".outcome").inner_text()
    page.get_by_role("link", name="bolt & co").click()
    assert page.url == f"{house}/b/bolt%20%26%20co/"
    page.get_by_role("link", name="Reports").click()
    assert page.url == f"{house}/b/bolt%20%26%20co/reports"
    elsewhere = page.url
    theirs = chromium.new_context()
    mia = theirs.new_page()
    mia.goto(elsewhere)
    sign_in(mia, "mia")
    assert mia.locator("h1").inner_text() == "404 Not Found"
    mia.goto(f"{house}/shares")
    making = mia.locator("form[action='/act/share']")
    making.get_by_label("Page").fill("/roi")
    making.get_by_label("Days").fill("2")
    making.get_by_role("button").click()
    link = mia.locator(".once code").inner_text()
    guests = chromium.new_context()
    guest = guests.new_page()
    guest.goto(link)
    assert guest.locator("h1").inner_text() == "What came back"
    assert guest.get_by_role("link").count() == guest.locator("a[href^='?']").count()
    served.again(house)  # sessions and links are kept where the workspace is
    page.goto(f"{house}/shares")
    revoking = page.locator("form[action='/act/revoke-share']")
    revoking.get_by_label("Link").fill(link.split("_")[1])
    revoking.get_by_role("button").click()
    guest.reload()
    assert guest.locator("h1").inner_text() == "404 Not Found"
    mia.get_by_role("button", name="Sign out").click()
    mia.goto(f"{house}/roi")
    assert "/sign-in" in mia.url
    theirs.close()
    guests.close()
