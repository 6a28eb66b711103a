"""The Arrow C data interface, as Python objects pass it to each other in capsules.

Structures, names and the rules of who releases what are those of the Arrow specification: "The
Arrow C data interface", "The Arrow C stream interface" and "The Arrow PyCapsule Interface". Columns
come in through `imported` and go out through `exported`; what the bytes mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    PYFUNCTYPE,
    Structure,
    addressof,
    c_char_p,
    c_int,
    c_int64,
    c_ssize_t,
    c_void_p,
    cast,
    py_object,
    pythonapi,
)
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from markcode.errors import ElementError

__all__ = ["Chunk", "exported", "exported_schema", "imported"]


class _Schema(Structure):
    _fields_ = (
        ("format", c_char_p),
        ("name", c_char_p),
        ("metadata", c_char_p),
        ("flags", c_int64),
        ("n_children", c_int64),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    )


class _Array(Structure):
    _fields_ = (
        ("length", c_int64),
        ("null_count", c_int64),
        ("offset", c_int64),
        ("n_buffers", c_int64),
        ("n_children", c_int64),
        ("buffers", POINTER(c_void_p)),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    )


class _Stream(Structure):
    _fields_ = (
        ("get_schema", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("get_next", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("get_last_error", CFUNCTYPE(c_char_p, c_void_p)),
        ("release", c_void_p),
        ("private_data", c_void_p),
    )


_RELEASE = CFUNCTYPE(None, c_void_p)
_SCHEMA, _ARRAY, _STREAM = b"arrow_schema", b"arrow_array", b"arrow_array_stream"
_NULLABLE = 2
_READ = 0x100
"""PyBUF_READ."""

# Prototypes of our own: the functions of `ctypes.pythonapi` itself are shared with other packages.
_get_pointer = PYFUNCTYPE(c_void_p, py_object, c_char_p)(("PyCapsule_GetPointer", pythonapi))
# The capsule as an address, not as an object: a destructor must not bring it back to life.
_get_pointer_at = PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", pythonapi))
_new_capsule = PYFUNCTYPE(py_object, c_void_p, c_char_p, _RELEASE)(("PyCapsule_New", pythonapi))
_memory_view = PYFUNCTYPE(py_object, c_void_p, c_ssize_t, c_int)(
    ("PyMemoryView_FromMemory", pythonapi)
)


# -- in ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chunk:
    """One array of a column. Its buffers are another program's, valid inside `imported` only."""

    length: int
    offset: int
    """Rows of the buffers that come before the first row."""
    null_count: int
    """-1 where nobody has counted."""
    buffers: tuple[int | None, ...]
    """Addresses."""

    def buffer(self, index: int, dtype: Any, start: int, count: int) -> NDArray[Any]:
        """Return ``count`` items of a buffer from item ``start`` on, without a copy."""
        item, address = np.dtype(dtype).itemsize, self.buffers[index]
        if not count or address is None:
            return np.empty(0, dtype)
        view = _memory_view(address + start * item, count * item, _READ)
        return np.frombuffer(view, dtype)

    def valid(self) -> NDArray[np.bool_] | None:
        """Return which rows are not null; None where all are valid."""
        if not self.length or not self.null_count or self.buffers[0] is None:
            return None
        first, skip = divmod(self.offset, 8)
        packed = self.buffer(0, np.uint8, first, (skip + self.length + 7) // 8)
        bits = np.unpackbits(packed, bitorder="little", count=skip + self.length)[skip:]
        return None if bits.all() else bits.view(np.bool_)


@contextmanager
def imported(column: Any) -> Iterator[tuple[str, list[Chunk]]]:
    """Give the Arrow format and the chunks of a column; they are released on leaving.

    Raises `ElementError` for what offers no Arrow data, and where the giver reports an error.
    """
    with ExitStack() as releases:
        if hasattr(column, "__arrow_c_stream__"):
            capsule = column.__arrow_c_stream__()
            stream = _Stream.from_address(_get_pointer(capsule, _STREAM))
            schema = _Schema()
            _checked(stream, stream.get_schema(addressof(stream), addressof(schema)))
            releases.callback(_release, schema)
            yield _format(schema), [_chunk(array) for array in _arrays(stream, releases)]
        elif hasattr(column, "__arrow_c_array__"):
            # Whatever is still in a capsule, its destructor releases.
            of_schema, of_array = column.__arrow_c_array__()
            schema = _Schema.from_address(_get_pointer(of_schema, _SCHEMA))
            array = _Array.from_address(_get_pointer(of_array, _ARRAY))
            yield _format(schema), [_chunk(array)]
        else:
            raise ElementError(
                f"this is no column of Arrow data: {type(column).__name__}; give a polars Series "
                "or an array that has __arrow_c_stream__ or __arrow_c_array__"
            )


def _arrays(stream: _Stream, releases: ExitStack) -> Iterator[_Array]:
    while True:
        array = _Array()
        _checked(stream, stream.get_next(addressof(stream), addressof(array)))
        if not array.release:
            return
        releases.callback(_release, array)
        yield array


def _checked(stream: _Stream, error: int) -> None:
    if error:
        told: bytes | None = stream.get_last_error(addressof(stream))
        reason = told.decode(errors="replace") if told else f"error {error}"
        raise ElementError(f"the column's Arrow stream broke off: {reason}")


def _format(schema: _Schema) -> str:
    code: str = schema.format.decode()
    return f"{code} (dictionary)" if schema.dictionary else code


def _chunk(array: _Array) -> Chunk:
    buffers = tuple(array.buffers[index] for index in range(array.n_buffers))
    return Chunk(array.length, array.offset, array.null_count, buffers)


def _release(structure: _Schema | _Array) -> None:
    if structure.release:
        _RELEASE(structure.release)(addressof(structure))


# -- out -----------------------------------------------------------------------------------------

_held: dict[int, Any] = {}
"""What other programs look at, by address, until they release it."""


def exported_schema(code: bytes) -> Any:
    """Return the capsule of a schema with a simple format; ``code`` must be a constant."""
    schema = _Schema(format=code, name=b"", flags=_NULLABLE, release=_SCHEMA_RELEASE)
    return _capsule(schema, _SCHEMA, _DROP_SCHEMA)


def exported(length: int, null_count: int, buffers: Sequence[NDArray[Any] | None]) -> Any:
    """Return the capsule of an array. The buffers live until its taker releases it."""
    pointers = (c_void_p * len(buffers))(
        *(None if buffer is None else buffer.ctypes.data for buffer in buffers)
    )
    key = addressof(pointers)
    _held[key] = pointers, buffers
    array = _Array(
        length=length,
        null_count=null_count,
        n_buffers=len(buffers),
        buffers=cast(pointers, POINTER(c_void_p)),
        release=_ARRAY_RELEASE,
        private_data=key,
    )
    return _capsule(array, _ARRAY, _DROP_ARRAY)


def _capsule(structure: _Schema | _Array, name: bytes, destructor: Any) -> Any:
    _held[addressof(structure)] = structure
    return _new_capsule(addressof(structure), name, destructor)


# Callbacks may come while the interpreter shuts down and names of modules are gone, so they carry
# what they need as defaults.


def _schema_released(address: int, of: Any = _Schema.from_address) -> None:
    of(address).release = None


def _array_released(address: int, of: Any = _Array.from_address, held: Any = _held) -> None:
    array = of(address)
    held.pop(array.private_data, None)
    array.release = None


def _schema_dropped(
    capsule: int, pointer: Any = _get_pointer_at, held: Any = _held, name: bytes = _SCHEMA
) -> None:
    held.pop(pointer(capsule, name), None)


def _array_dropped(
    capsule: int, pointer: Any = _get_pointer_at, held: Any = _held, name: bytes = _ARRAY
) -> None:
    array = held.pop(pointer(capsule, name), None)
    if array is not None and array.release:
        held.pop(array.private_data, None)


_CALLBACKS = tuple(
    map(_RELEASE, (_schema_released, _array_released, _schema_dropped, _array_dropped))
)
# Other programs hold their addresses: they must outlive this module's names.
PYFUNCTYPE(None, py_object)(("Py_IncRef", pythonapi))(_CALLBACKS)
_SCHEMA_RELEASE, _ARRAY_RELEASE = (cast(callback, c_void_p).value for callback in _CALLBACKS[:2])
_DROP_SCHEMA, _DROP_ARRAY = _CALLBACKS[2:]
