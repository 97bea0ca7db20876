"""The tests run with no network but loopback, where the machine allows it: what they show holds on
a server that reaches nobody."""

import ctypes
import os
import shutil
import socket
import subprocess

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
CABLE = "gijido0"
"""An interface that leads nowhere: with loopback alone a browser takes itself for offline."""

STEPS = [
    "link set lo up",
    f"link add {CABLE} type veth peer name {CABLE}-end",
    f"addr add 10.255.255.1/32 dev {CABLE}",
    f"link set {CABLE} up",
    f"link set {CABLE}-end up",
]


def leave() -> bool:
    """Take this process, and whatever it starts, into a network of its own without a way out.
    Returns False where the machine does not allow it: it takes root, and iproute2."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        if shutil.which("ip") is None or libc.unshare(NEW_NETWORK) != 0:
            return False
        for step in STEPS:
            subprocess.run(["ip", *step.split()], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        libc.setns(before, NEW_NETWORK)
        return False
    finally:
        os.close(before)
    return True


def is_left() -> bool:
    """Return whether there is no way out of this machine."""
    names = {name for _, name in socket.if_nameindex()}
    return names == {"lo", CABLE, f"{CABLE}-end"}
