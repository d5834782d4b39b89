"""Ranges that Google would refuse are refused, those that it takes are taken."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.gcp import ranges

GOOD = {
    "nodes": IPv4Network("10.10.0.0/20"),
    "pods": IPv4Network("10.20.0.0/14"),
    "services": IPv4Network("10.24.0.0/20"),
}


def networks(shortest: int, longest: int) -> st.SearchStrategy[IPv4Network]:
    """Any networks with a prefix between the two."""
    return st.builds(
        lambda address, prefix: IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix)),
        st.integers(0, 2**32 - 1),
        st.integers(shortest, longest),
    )


def test_good_ranges_have_no_fault() -> None:
    assert ranges.range_faults(GOOD) == []


@given(networks(8, 29), networks(9, 21), networks(16, 27))
def test_two_ranges_that_share_an_address_are_always_told(
    nodes: IPv4Network, pods: IPv4Network, services: IPv4Network
) -> None:
    taken = {"nodes": nodes, "pods": pods, "services": services}
    told = [fault for fault in ranges.range_faults(taken) if "overlaps" in fault.what]
    pairs = [(nodes, pods), (nodes, services), (pods, services)]
    shared = [max(int(a[0]), int(b[0])) <= min(int(a[-1]), int(b[-1])) for a, b in pairs]
    assert len(told) == sum(shared)
    assert all(fault.at in {("pods",), ("services",)} for fault in told)


@given(networks(8, 29))
def test_a_range_inside_a_reserved_one_is_told(network: IPv4Network) -> None:
    reserved = any(network.overlaps(IPv4Network(one)) for one in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4"))
    told = any("reserved" in fault.what for fault in ranges.range_faults({"nodes": network}))
    assert told or not reserved


@given(networks(8, 29), networks(9, 21), st.integers(1, 20000))
def test_what_is_said_to_be_large_enough_is(nodes: IPv4Network, pods: IPv4Network, most: int) -> None:
    faults = {fault.at[0] for fault in ranges.capacity_faults(nodes, pods, most)}
    assert ("nodes" in faults) == (2 ** (32 - nodes.prefixlen) - 4 < most)
    assert ("pods" in faults) == (2 ** (24 - pods.prefixlen) < most)


@given(st.integers(1, 4000))
def test_the_hint_names_a_range_that_is_large_enough(most: int) -> None:
    tiny = IPv4Network("10.0.0.0/29"), IPv4Network("10.1.0.0/24")
    for fault in ranges.capacity_faults(*tiny, most):
        prefix = int(fault.expected.split("/")[1].split()[0])
        larger = IPv4Network(f"0.0.0.0/{prefix}"), IPv4Network(f"0.0.0.0/{prefix}")
        assert fault.at not in {one.at for one in ranges.capacity_faults(*larger, most)}


@pytest.mark.parametrize(("cidr", "nodes"), [("10.0.0.0/29", 4), ("10.0.0.0/20", 4092), ("10.0.0.0/24", 252)])
def test_google_keeps_four_addresses_of_the_nodes_range(cidr: str, nodes: int) -> None:
    assert ranges.nodes_in(IPv4Network(cidr)) == nodes


@pytest.mark.parametrize(("cidr", "nodes"), [("10.0.0.0/21", 8), ("10.0.0.0/14", 1024), ("10.0.0.0/25", 0)])
def test_each_node_takes_a_24_of_the_pods_range(cidr: str, nodes: int) -> None:
    assert ranges.nodes_with_pods_in(IPv4Network(cidr)) == nodes


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("10.0.0.1/20", "did you mean 10.0.0.0/20"),
        ("10.0.0.0", "write a range"),
        (10, "write a range"),
        ("10.0.0/20", "no range"),
        ("2001:db8::/32", "no range"),
    ],
)
def test_what_is_no_range_is_told(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ranges.parsed(value)


@given(networks(0, 32))
def test_no_network_is_let_in_that_is_larger_than_a_company(network: IPv4Network) -> None:
    if network.prefixlen >= ranges.WIDEST_AUTHORIZED:
        assert ranges.authorized(str(network)) == network
    else:
        with pytest.raises(ValueError, match=r"would let (everybody|[0-9,]+ addresses) reach"):
            ranges.authorized(str(network))
