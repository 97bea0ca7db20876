"""What the tests show, they show of a server that reaches nobody."""

import errno
import socket

import pytest

from tests import network

OUTSIDE = [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]
"""Addresses for examples (RFC 5737, RFC 3849)."""


@pytest.mark.parametrize(("family", "address"), OUTSIDE)
def test_nothing_that_the_tests_start_has_a_way_to_the_outside(
    family: socket.AddressFamily, address: str
) -> None:
    if not network.is_left():
        pytest.skip("the network is left by root and iproute2 alone (apt-get install iproute2)")
    with (
        socket.socket(family, socket.SOCK_DGRAM) as any_socket,
        pytest.raises(OSError) as refused,
    ):
        any_socket.connect((address, 53))
    assert refused.value.errno == errno.ENETUNREACH
