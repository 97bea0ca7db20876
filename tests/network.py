"""The tests run with no network but loopback, where the machine allows it: what they show holds on
a server that reaches nobody."""

import ctypes
import fcntl
import socket
import struct

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
GET_FLAGS, SET_FLAGS, IS_UP = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP


def leave() -> bool:
    """Take this process, and whatever it starts, into a network of its own that has loopback and
    no more. Returns False where the machine does not allow it (it takes root)."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, GET_FLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", asked)[1] | IS_UP
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", flags))
    return True


def is_left() -> bool:
    """Return whether there is loopback only."""
    return [name for _, name in socket.if_nameindex()] == ["lo"]
