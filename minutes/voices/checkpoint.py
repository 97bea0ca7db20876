"""Reads the weights of a PyTorch checkpoint without PyTorch: a zip of raw numbers, and a small
pickle that names them.

A pickle is a program. This one may do nothing but put tensors into dictionaries: every other
operation and every other name is refused before anything runs.
"""

import io
import math
import pickle
import pickletools
import zipfile
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[Any]]

NUMBERS = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch DoubleStorage": np.dtype("<f8"),
    "torch HalfStorage": np.dtype("<f2"),
    "torch LongStorage": np.dtype("<i8"),
    "torch IntStorage": np.dtype("<i4"),
}
REBUILD = "torch._utils _rebuild_tensor_v2"
DICTIONARY = "collections OrderedDict"
NAMES = {*NUMBERS, REBUILD, DICTIONARY}
OPERATIONS = {
    *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID"),
    *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
    *("EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_LIST", "APPEND", "APPENDS"),
    *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "BINUNICODE", "SHORT_BINUNICODE"),
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "NONE", "NEWTRUE", "NEWFALSE"),
}
LARGEST_PICKLE, LARGEST_STORAGE = 4 << 20, 1 << 30
MOST_DIMENSIONS = 8


class NotTensors(Exception):
    """Raised for a file that is broken, or holds anything but tensors."""


def read(raw: bytes) -> Tensors:
    """Return all tensors by name, also those of a `state_dict` inside. Raises NotTensors."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            found = _unpickle(archive)
    except NotTensors:
        raise
    # What the pickle and zip libraries raise for a broken file is not one family.
    except (
        zipfile.BadZipFile, pickle.UnpicklingError, ValueError, KeyError, IndexError, TypeError,
        EOFError, AttributeError, NotImplementedError, RuntimeError, OverflowError,
    ) as problem:  # fmt: skip
        raise NotTensors(str(problem)) from problem
    tensors = found.get("state_dict", found) if isinstance(found, dict) else None
    if not isinstance(tensors, dict) or not tensors:
        raise NotTensors("no dictionary of tensors")
    if not all(isinstance(value, np.ndarray) for value in tensors.values()):
        raise NotTensors("not only tensors")
    return tensors


def _unpickle(archive: zipfile.ZipFile) -> Any:
    (index,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    program = _member(archive, index, LARGEST_PICKLE)
    _refuse_foreign(program)
    return _Reader(program, archive, index.removesuffix("data.pkl")).load()


def _member(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    if archive.getinfo(name).file_size > largest:
        raise NotTensors(f"{name} is too large")
    return archive.read(name)


def _refuse_foreign(program: bytes) -> None:
    for operation, argument, _ in pickletools.genops(program):
        is_name = operation.name == "GLOBAL"
        if operation.name not in OPERATIONS or (is_name and argument not in NAMES):
            raise NotTensors(f"{operation.name} {argument if is_name else ''}")
        if operation.name == "LONG_BINPUT" and int(argument or 0) > len(program):
            raise NotTensors("a place in the memory beyond the program")


class _Reader(pickle.Unpickler):
    def __init__(self, program: bytes, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(io.BytesIO(program))
        self._archive, self._folder = archive, folder

    def find_class(self, module: str, name: str) -> Any:
        called = f"{module} {name}"
        if called in NUMBERS:
            return NUMBERS[called]
        if called == DICTIONARY:
            return OrderedDict
        if called == REBUILD:
            return _rebuild
        raise NotTensors(called)

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        kind, numbers, key, _, count = pid
        if kind != "storage" or not isinstance(numbers, np.dtype) or not str(key).isalnum():
            raise NotTensors("no storage")
        values = np.frombuffer(
            _member(self._archive, f"{self._folder}data/{key}", LARGEST_STORAGE), numbers
        )
        if len(values) != count:
            raise NotTensors(f"storage {key} is cut off")
        return values


def _rebuild(
    values: NDArray[Any], offset: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: Any
) -> NDArray[Any]:
    """Return a tensor as a view of its storage. Only whole tensors in the usual (C) order are
    accepted.
    """
    if len(shape) > MOST_DIMENSIONS or min((offset, *shape), default=0) < 0:
        raise NotTensors("a tensor of no shape")
    usual = tuple(math.prod(shape[place + 1 :]) for place in range(len(shape)))
    if any(
        step != wanted for step, wanted, size in zip(steps, usual, shape, strict=True) if size > 1
    ):
        raise NotTensors("a tensor in an unusual order")
    wanted = values[offset : offset + math.prod(shape)]
    if len(wanted) != math.prod(shape):
        raise NotTensors("a tensor beyond its storage")
    return wanted.reshape(shape)
