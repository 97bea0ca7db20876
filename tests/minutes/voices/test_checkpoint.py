"""Only tensors come out of a checkpoint; nothing in it is ever run."""

import io
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from minutes.voices import checkpoint
from minutes.voices.checkpoint import NotTensors

VALUES = np.arange(6, dtype="<f4")


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def tensor(shape: bytes = b"K\x02K\x03\x86", steps: bytes = b"K\x03K\x01\x86") -> bytes:
    """What PyTorch writes for one tensor over the storage called 0."""
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu")
    storage += b"K\x06tQ"
    rest = shape + steps + b"\x89" + b"ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + rest + b"tR"


def packed(program: bytes, storage: bytes = VALUES.tobytes()) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", storage)
    return raw.getvalue()


def named(value: bytes) -> bytes:
    return b"\x80\x02}" + text("weight") + value + b"s."


def test_tensors_are_read_by_their_names() -> None:
    found = checkpoint.read(packed(named(tensor())))
    assert found["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_program_that_would_run_something_is_refused_before_it_does(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    class Evil:
        def __reduce__(self) -> object:
            return os.mkdir, (str(mark),)

    for protocol in (0, 2, 4):
        with pytest.raises(NotTensors):
            checkpoint.read(packed(pickle.dumps({"weight": Evil()}, protocol)))
    assert not mark.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"no zip at all",
        packed(b""),
        packed(named(b"K\x01")),
        packed(b"\x80\x02K\x01."),
        packed(named(tensor()), storage=b"\0" * 8),
        packed(named(tensor(shape=b"K\x09K\x09\x86", steps=b"K\x09K\x01\x86"))),
        packed(named(tensor(steps=b"K\x01K\x02\x86"))),
        packed(b"\x80\x02}r\xff\xff\xff\x7f."),
        packed(named(tensor()))[:-40],
    ],
    ids=["zip", "empty", "number", "other", "cut off", "beyond", "order", "memory", "half"],
)
def test_what_is_broken_or_no_tensor_is_refused(raw: bytes) -> None:
    with pytest.raises(NotTensors):
        checkpoint.read(raw)
