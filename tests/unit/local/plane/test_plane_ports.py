"""Ports: free, distinct, kept in a file that may be damaged."""

from __future__ import annotations

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestack.errors import NoFreePort
from onestack.local.plane.ports import HIGHEST, LOWEST, Ports, choose, choose_all, holder, is_free

PORTS = Ports(20001, 20002, 20003, 20004, 20005)


def test_chosen_ports_are_distinct_and_free() -> None:
    values = list(vars(choose_all()).values())
    assert len(set(values)) == len(values) == 5
    assert all(LOWEST <= port <= HIGHEST and is_free(port) for port in values)


def test_a_listener_makes_a_port_taken_and_is_named() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not is_free(port)
        assert str(os.getpid()) in holder(port)
    assert holder(port) == ""


def test_taken_ports_are_avoided() -> None:
    assert choose({LOWEST}, free=lambda port: port != LOWEST) != LOWEST


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(NoFreePort, match="no free port"):
        choose(free=lambda _: False)


def test_they_survive_a_file() -> None:
    assert Ports.from_json(PORTS.to_json()) == PORTS


@given(
    st.text()
    | st.sampled_from(["null", "[]", "{}", '{"etcd": 1}', PORTS.to_json().replace("20003", "70000")])
)
def test_a_damaged_file_is_no_ports(text: str) -> None:
    assert Ports.from_json(text) is None


def test_one_port_can_be_replaced() -> None:
    assert PORTS.with_port("apiserver", 1) == Ports(20001, 20002, 1, 20004, 20005)
