"""Lines that are flat JSON objects of known keys, straight into columns by compiled code.

Nearly all lines of a large input are. No Python object is made of a line, and the interpreter is
left to other threads meanwhile. Whatever is the least unusual (another or a repeated key, a nested
value, half a surrogate pair, a line that is no object) makes it give a block up: the usual way,
by msgspec, says what that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from moderation.formats import jsonscan
from moderation.formats.jsonscan import Bytes, Numbers
from moderation.formats.lines import Block

if TYPE_CHECKING:
    from moderation.formats.conversion import Values


class Flat:
    r"""Reads blocks of lines that are flat objects.

    Args:
        kinds: The keys there are, each with the type of its values as msgspec takes it.

    Example:
        >>> flat = Flat({"body": str, "likes": int})
        >>> lines = b'{"body": "caf\\u00e9", "likes": 2}\n{"likes": 3}'
        >>> texts, likes = flat.read(Block(1, 2, lines))
        >>> texts.to_pylist(), likes
        (['café', None], [2, 3])
        >>> flat.read(Block(1, 1, b'{"body": ["nested"]}'))
    """

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        spelt = [f'"{key}"'.encode() for key in kinds]
        self._keys = np.frombuffer(b"".join(spelt), np.uint8)
        self._bounds = np.cumsum([0, *map(len, spelt)], dtype=jsonscan.Place)
        self._decoders = [None if kind is str else _decoder(kind) for kind in kinds.values()]

    def read(self, block: Block) -> list[Values] | None:
        """The values at each key, texts as Arrow has them; None where it gives up."""
        end = b"" if block.data.endswith(b"\n") else b"\n"
        data = np.frombuffer(block.data + end, np.uint8)
        shape = (block.count, len(self._decoders))
        begins, ends = np.empty(shape, np.int32), np.empty(shape, np.int32)
        what = np.zeros(shape, np.uint8)
        if not jsonscan.find(data, self._keys, self._bounds, begins, ends, what):
            return None
        columns: list[Values] = []
        for key, decoder in enumerate(self._decoders):
            values = (data, begins[:, key], ends[:, key], what[:, key])
            column = _decoded(decoder, *values) if decoder else _texts(*values)
            if column is None:
                return None
            columns.append(column)
        return columns


def _decoder(kind: Any) -> msgspec.json.Decoder[list[Any]]:  # noqa: ANN401  # any type
    return msgspec.json.Decoder(list[kind | None])


def _texts(data: Bytes, begins: Numbers, ends: Numbers, what: Bytes) -> Values | None:
    """Texts in Arrow's buffers; None where one is no text."""
    import pyarrow as pa

    there = what != jsonscan.ABSENT
    offsets = np.zeros(len(what) + 1, np.int32)
    out = np.empty(int((ends - begins).sum(where=there)), np.uint8)
    if not jsonscan.copy_texts(data, begins, ends, what, offsets, out):
        return None
    mask = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(out)]
    return pa.Array.from_buffers(pa.string(), len(what), buffers)


def _decoded(
    decoder: msgspec.json.Decoder[list[Any]],
    data: Bytes,
    begins: Numbers,
    ends: Numbers,
    what: Bytes,
) -> Values | None:
    """What msgspec makes of the values as one list; None where it refuses one."""
    size = (ends - begins).sum(where=what != jsonscan.ABSENT)
    out = np.empty(int(size) + len(what) * (len(jsonscan.NULL) + 1) + 2, np.uint8)
    try:
        return decoder.decode(out[: jsonscan.list_all(data, begins, ends, what, out)].data)
    except msgspec.MsgspecError:
        return None
