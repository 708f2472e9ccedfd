"""Datacenters: address ranges that no person's phone has, from a list the user keeps.

In:   the lines of a list: one CIDR range a line, `#` begins a remark.
Out:  whether an address lies in one of them.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges of addresses by family (4 or 6), sorted and without overlaps."""

    starts: dict[int, list[int]]
    ends: dict[int, list[int]]

    def holds(self, address: str) -> bool:
        """Say whether an address lies in a range; what is no address does not."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        at = bisect_right(self.starts.get(found.version, []), int(found)) - 1
        return at >= 0 and int(found) <= self.ends[found.version][at]


NO_RANGES = Ranges({}, {})


def read_ranges(lines: Iterable[str]) -> Ranges:
    """Read a list; ValueError names the first line that is no range."""
    first: list[ipaddress.IPv4Network] = []
    second: list[ipaddress.IPv6Network] = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError as error:
            msg = f"line {number} is no address range such as 192.0.2.0/24: {text}"
            raise ValueError(msg) from error
        if isinstance(network, ipaddress.IPv4Network):
            first.append(network)
        else:
            second.append(network)
    spans = {
        4: [_span(each) for each in ipaddress.collapse_addresses(first)],
        6: [_span(each) for each in ipaddress.collapse_addresses(second)],
    }
    return Ranges(
        {family: [start for start, _ in found] for family, found in spans.items()},
        {family: [end for _, end in found] for family, found in spans.items()},
    )


def _span(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)
