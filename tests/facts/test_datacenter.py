"""Datacenters: an address lies in a range of the list, or it does not."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.datacenter import NO_RANGES, read_ranges

LIST = """
# a remark
192.0.2.0/24
192.0.2.128/25   # inside the first
198.51.100.7
2001:db8::/32
""".splitlines()


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("192.0.2.0", True), ("192.0.2.255", True), ("192.0.3.0", False), ("198.51.100.7", True),
        ("198.51.100.8", False), ("2001:db8::1", True), ("2001:db9::1", False), ("0.0.0.0", False),
        ("::ffff:192.0.2.1", True), ("", False), ("unix", False),
    ],
)  # fmt: skip
def test_an_address_lies_in_a_range_or_not(address, held):
    assert read_ranges(LIST).holds(address) is held
    assert not NO_RANGES.holds(address)


@given(st.lists(st.ip_addresses(v=4), min_size=1, max_size=5), st.integers(8, 32), st.data())
def test_it_says_what_asking_every_range_says(bases, bits, data):
    networks = [ipaddress.ip_network(f"{base}/{bits}", strict=False) for base in bases]
    near = data.draw(st.sampled_from(networks))
    first = int(near[0]) + data.draw(st.integers(-3, 3))
    address = ipaddress.IPv4Address(min(max(first, 0), 2**32 - 1))
    expected = any(address in network for network in networks)
    assert read_ranges(map(str, networks)).holds(str(address)) is expected


def test_a_line_that_is_no_range_is_named():
    with pytest.raises(ValueError, match="line 2"):
        read_ranges(["192.0.2.0/24", "not a range"])
