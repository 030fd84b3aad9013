"""Many texts as one UTF-8 buffer: what every compiled kernel reads.

A list of Python strings costs a pointer chase and an interpreter step a text; one buffer with
offsets costs neither, and Arrow-backed pandas columns already are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Texts(Sequence[str]):
    """Texts end to end in one buffer of valid UTF-8.

    Attributes:
        data: uint8, the bytes of all texts.
        offsets: int64, one more than there are texts; text ``i`` is
            ``data[offsets[i]:offsets[i + 1]]``.

    Example:
        >>> texts = Texts.of(["café", None, "no"])
        >>> len(texts), texts[0], texts[1]
        (3, 'café', '')
        >>> texts.offsets
        array([0, 5, 5, 7])
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        # Arrow's buffers are read-only; were others not, every kernel would be compiled twice.
        for name in ("data", "offsets"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @classmethod
    def of(cls, strings: Iterable[str | None] | pd.Series | Texts) -> Texts:
        """Gather strings into one buffer; a missing one becomes the empty text.

        A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD: code point offsets stay true.
        """
        if isinstance(strings, Texts):
            return strings
        return cls.of_arrow(arrow(strings))

    @classmethod
    def of_arrow(cls, array: Any) -> Texts:  # noqa: ANN401  # pyarrow has no types
        """The buffer of an Arrow string array, without a copy where it has no missing texts."""
        import pyarrow as pa

        if array.null_count:
            array = array.fill_null("")
        array = array.cast(pa.large_string())
        _, offsets, data = array.buffers()
        numbers = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
        if len(array) == 0:
            return cls(np.zeros(0, np.uint8), np.zeros(1, np.int64))
        if data is None:
            return cls(np.zeros(0, np.uint8), numbers)
        return cls(np.frombuffer(data, np.uint8), numbers)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401  # a text, or a list of them
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))

    def to_arrow(self) -> Any:  # noqa: ANN401  # pyarrow has no types
        """The same buffer as an Arrow string array."""
        import pyarrow as pa

        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)

    def code_points(self) -> NDArray[np.int64]:
        """How many characters begin before each byte of ``data``, and before its end.

        Example:
            >>> Texts.of(["é!"]).code_points()
            array([0, 1, 1, 2])
        """
        begins = (self.data & 0xC0) != 0x80
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(begins, dtype=np.int64)])

    def take(self, rows: NDArray[np.integer[Any]]) -> Texts:
        """The texts of some rows, in that order, in a buffer of their own."""
        import pyarrow as pa

        return Texts.of_arrow(self.to_arrow().take(pa.array(rows, pa.int64())))


def arrow(strings: Iterable[str | None] | pd.Series) -> Any:  # noqa: ANN401  # pyarrow has no types
    r"""Strings as an Arrow array, missing ones missing, lone surrogates U+FFFD.

    Example:
        >>> arrow(["a", None, "\ud800"]).to_pylist()
        ['a', None, '�']
    """
    import pyarrow as pa

    try:
        array = pa.array(_listed(strings), type=pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:
        array = pa.array([_without_surrogates(text) for text in strings], pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _listed(strings: Iterable[str | None] | pd.Series) -> Any:  # noqa: ANN401
    """What ``pyarrow.array`` takes without a detour."""
    if isinstance(strings, list | tuple) or hasattr(strings, "__arrow_array__"):
        return strings
    array = getattr(strings, "array", None)
    return array if hasattr(array, "__arrow_array__") else list(strings)


def _without_surrogates(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
