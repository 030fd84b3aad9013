"""Writing frames so that a file stands under its name only when it is whole.

What is written goes to a temporary file beside the target; closing it makes it safe on disk and
renames it. Interrupted at any moment, the old file is there, or the new one, or none: never half.
Standard output and devices, which cannot be renamed, are written at once.
"""

from __future__ import annotations

import base64
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import msgspec

from moderation.errors import FormatError, ModerationError
from moderation.formats.encoders import ENCODERS, Encoder
from moderation.formats.frames import read_schema, schema_of, to_arrow
from moderation.formats.records import Reject

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def kind_of(path: str | os.PathLike[str], kind: str | None = None) -> str:
    """The kind of output: the one that is named, else the one that the suffix says.

    Raises:
        FormatError: There is no such kind.

    Example:
        >>> kind_of("out/scored.PARQUET"), kind_of("scored.txt", "csv")
        ('parquet', 'csv')
    """
    known = ", ".join(ENCODERS)
    if kind is not None:
        if kind not in ENCODERS:
            raise FormatError(f'no kind of output is called "{kind}"', mend=f"there are {known}")
        return kind
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in ENCODERS:
        mend = f"end it in .{', .'.join(ENCODERS)}, or name one with --to"
        raise FormatError("its suffix names no kind of output", path=path, mend=mend)
    return suffix


class _AllOrNothing(ABC):
    """What is closed at the end of a ``with`` block, and discarded where that fails."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def discard(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


class Whole(_AllOrNothing):
    """A binary file that appears under its name when it is closed, whole and safe on disk.

    Args:
        path: The target. Where it is a device or a pipe, it is written at once.

    Raises:
        ModerationError: It cannot be written there.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = Path(folder.name, "letter")
        >>> with Whole(path) as file:
        ...     _ = file.stream.write(b"Dear Sir")
        ...     path.exists()
        False
        >>> path.read_bytes()
        b'Dear Sir'
        >>> folder.cleanup()
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(os.path.realpath(path))
        renamed = self.path.is_file() or not self.path.exists()
        token = f".{self.path.name[:200]}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
        self._beside = self.path.with_name(token) if renamed else self.path
        with _told(self.path):
            self.stream: BinaryIO = open(self._beside, "xb" if renamed else "wb")  # noqa: SIM115  # closed by close()

    def close(self) -> None:
        """Make it safe on disk, then rename it."""
        with _told(self.path):
            self.stream.flush()
            if self._beside == self.path:
                self.stream.close()
                return
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.replace(self._beside, self.path)
            sync_folder(self.path.parent)

    def discard(self) -> None:
        """Leave no trace; what stood under the name before stays."""
        self.stream.close()
        if self._beside != self.path:
            self._beside.unlink(missing_ok=True)


class Writer(_AllOrNothing):
    """Frames into one file of a kind, frame by frame.

    Args:
        target: A path, which is written whole or not at all, or a binary stream.
        kind: ``csv``, ``jsonl`` or ``parquet``; what the path's suffix says where it is None.
        schema: Of what is written; that of the first frame where it is None.

    Attributes:
        rows: Rows written so far.

    Raises:
        ModerationError: It cannot be written there, or there is no such kind.

    Example:
        >>> import io, pandas as pd
        >>> out = io.BytesIO()
        >>> with Writer(out, "csv") as writer:
        ...     writer.write(pd.DataFrame({"comment_id": ["1"], "text": ["=1+1"]}))
        >>> print(out.getvalue().decode(), end="")
        "comment_id","text"
        "1","'=1+1"
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | BinaryIO,
        kind: str | None = None,
        schema: pa.Schema | None = None,
    ) -> None:
        self.rows = 0
        self._schema = schema
        self._encoder: Encoder | None = None
        if isinstance(target, str | os.PathLike):
            self._encode = ENCODERS[kind_of(target, kind)]
            self._file: Whole | None = Whole(target)
            self._sink = self._file.stream
        else:
            self._encode = ENCODERS[kind_of("", kind)]
            self._file, self._sink = None, target
        self._path = self._file.path if self._file else None

    def write(self, frame: pd.DataFrame | pa.Table) -> None:
        """Add the rows of a frame.

        Raises:
            ModerationError: The disk is full, or taken away.
            ValueError: The frame's columns are not those of the first.
        """
        self._schema = self._schema or schema_of(frame)
        table = to_arrow(frame, self._schema)
        with _told(self._path):
            self._begun().write(table)
        self.rows += table.num_rows

    def close(self) -> None:
        """Write what is held back; a file appears under its name. A stream stays open."""
        with _told(self._path):
            self._begun().finish()
        if self._file:
            self._file.close()
        else:
            self._sink.flush()

    def discard(self) -> None:
        """Leave no file."""
        if self._encoder:
            self._encoder.abandon()
        if self._file:
            self._file.discard()

    def _begun(self) -> Encoder:
        if self._encoder is None:
            self._schema = self._schema or read_schema()
            self._encoder = self._encode(self._sink, self._schema)
        return self._encoder


class Rejects(_AllOrNothing):
    """The rejects of a reading in ``<whole name of OUT>.rejects.jsonl``: pass it as ``on_reject``.

    A line a reject: ``source``, ``line`` or ``byte``, ``reason`` and the bytes in ``raw``; bytes
    that are no UTF-8 in ``raw_base64`` instead. No reject, no file: an earlier run's is removed.

    Attributes:
        path: Where they go.
        count: How many there are so far.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.path = Path(f"{os.fspath(out)}.rejects.jsonl")
        self.count = 0
        self._file: Whole | None = None

    def __call__(self, reject: Reject) -> None:
        """Write one reject."""
        self._file = self._file or Whole(self.path)
        with _told(self.path):
            self._file.stream.write(encoded(reject))
        self.count += 1

    def close(self) -> None:
        """The file appears under its name."""
        if self._file:
            self._file.close()
        elif self.path.is_file():
            self.path.unlink()

    def discard(self) -> None:
        """Leave no new file."""
        if self._file:
            self._file.discard()


def encoded(reject: Reject) -> bytes:
    r"""A reject as a line of JSON.

    Example:
        >>> encoded(Reject("no JSON object", b"[1]", line=7))
        b'{"line":7,"reason":"no JSON object","raw":"[1]"}\n'
        >>> encoded(Reject("no valid UTF-8", b"\xff", byte=12))
        b'{"byte":12,"reason":"no valid UTF-8","raw_base64":"/w=="}\n'
    """
    places = {"source": reject.source, "line": reject.line, "byte": reject.byte}
    held: dict[str, object] = {name: at for name, at in places.items() if at is not None}
    held["reason"] = reject.reason
    try:
        held["raw"] = reject.raw.decode()
    except UnicodeDecodeError:
        held["raw_base64"] = base64.b64encode(reject.raw).decode()
    return msgspec.json.encode(held) + b"\n"


def join(parts: Sequence[Path], path: str | os.PathLike[str], kind: str | None = None) -> None:
    """Write the rows of several files of one kind and schema, made by :class:`Writer`, to one.

    Args:
        parts: At least one.
        path: The target, which appears when it is whole.
        kind: What the path's suffix says where it is None.

    Raises:
        ModerationError: It cannot be written there.
    """
    with Whole(path) as file, _told(file.path):
        ENCODERS[kind_of(path, kind)].join(parts, file.stream)


@contextmanager
def _told(path: Path | None) -> Iterator[None]:
    """A failure of the file system as an error of ours; a closed pipe stays what it is."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise ModerationError(what, path=path, mend="name another place with -o") from None


def sync_folder(folder: Path) -> None:
    """Make the new name itself safe on disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
