"""One input: a file or a pipe, its compression undone, its mistakes named.

The only module of the formats that opens an input. A pipe can be read once; where a parser needs
it twice, or its end before its start, :meth:`Source.keep` holds it in a temporary file.
"""

from __future__ import annotations

import difflib
import io
import os
import shutil
import stat
import sys
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from moderation.errors import InputError
from moderation.formats import compression

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 1 << 16
"""Bytes at the start by which a format is recognised."""

STDIN = "-"


class Source:
    """One input, readable from its start.

    Args:
        path: A file, or ``-`` for standard input.

    Attributes:
        name: What errors and notes call it: the path as given, or ``stdin``.
        file: The name without its folders, as the column ``source`` shows it.
        notes: Sentences about how it was read, in order.
        damage: Why the packed data broke off, or None.

    Raises:
        InputError: There is no such file, it is a folder, or it may not be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.name = "stdin" if self.path == STDIN else self.path
        self.file = os.path.basename(self.name)
        self.notes: list[str] = []
        self.damage: str | None = None
        self._file = Path(self.path)
        self._opened: weakref.WeakSet[BinaryIO] = weakref.WeakSet()
        self._stream: BinaryIO | None = None
        self._pipe = self._opened_pipe()
        self._start = self._first_bytes()

    def note(self, sentence: str) -> None:
        """Tell the user how this input was read; saying it twice says it once."""
        clean = printable(sentence)
        if clean not in self.notes:
            self.notes.append(clean)

    @property
    def suffix(self) -> str:
        """The last suffix in lower case, a compression's left aside: ``.xml`` of ``a.XML.gz``."""
        suffixes = [suffix.lower() for suffix in Path(self.file).suffixes]
        while suffixes and suffixes[-1] in compression.SUFFIXES:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    @cached_property
    def head(self) -> bytes:
        """The first bytes, unpacked: at most 64 KiB.

        Raises:
            InputError: The input is empty, or an archive that is refused.
        """
        if compression.is_compressed(self._start):
            self.keep()
        if self._pipe:
            head = self._start
        else:
            with self._content(self._raw()) as stream:
                head = stream.read(HEAD)
        if not head.strip():
            what = self.damage or "the file is empty"
            raise InputError(what, path=self.name, mend="name a file with comments")
        return head

    def open(self) -> BinaryIO:
        """The content, unpacked, as a new stream at its start; a pipe gives only one."""
        self._stream = self._raw()
        return self._content(self._stream)

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Size in bytes and time of the last change in nanoseconds; None of a pipe."""
        if self.path == STDIN:
            return None
        found = os.stat(self.path)
        return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    @property
    def consumed(self) -> int:
        """Bytes of the file that have been read, packed as they are; 0 where a library reads it."""
        if self._stream is None:
            return 0
        return self._file.stat().st_size if self._stream.closed else self._stream.tell()

    def keep(self) -> None:
        """Make a pipe readable more than once: copy it to a temporary file."""
        if self._pipe:
            with self._raw() as raw:
                self._file = self._temporary(raw)
            self._pipe = None

    def unpacked(self) -> Path:
        """Where the content lies on disk as it is when unpacked, for parsers that want a file."""
        self.keep()
        if compression.is_compressed(self._start):
            with self._content(self._raw()) as stream:
                self._file = self._temporary(stream)
            self._start = self._first_bytes()
        return self._file

    def _content(self, raw: BinaryIO) -> BinaryIO:
        return compression.decompressed(raw, self._start, self.name, self._note_damage)

    def _temporary(self, content: BinaryIO) -> Path:
        number, name = tempfile.mkstemp(prefix="moderation-")
        with open(number, "wb") as copy:
            shutil.copyfileobj(content, copy, 1 << 20)
        path = Path(name)
        weakref.finalize(self, path.unlink, missing_ok=True)
        return path

    def close(self) -> None:
        """Close whatever is still open, where an input is given up before it is read."""
        for stream in list(self._opened):
            stream.close()

    def _opened_pipe(self) -> BinaryIO | None:
        if self.path == STDIN:
            return sys.stdin.buffer
        try:
            mode = os.stat(self.path).st_mode
        except (OSError, ValueError):
            return None  # opening it says what is wrong
        return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else self._open_file()

    def _first_bytes(self) -> bytes:
        if self._pipe:
            return self._pipe.read(HEAD)
        with self._open_file() as raw:
            return raw.read(8)

    def _raw(self) -> BinaryIO:
        if self._pipe:
            return cast(BinaryIO, io.BufferedReader(_Continued(self._start, self._pipe), 1 << 18))
        return self._open_file()

    def _open_file(self) -> BinaryIO:
        try:
            stream = open(self._file, "rb")  # noqa: SIM115  # whoever reads it closes it, or close()
            self._opened.add(stream)
            return stream
        except IsADirectoryError:
            what, mend = "is a folder", "name the files in it"
        except FileNotFoundError:
            what, mend = "there is no such file", _suggestion(self._file)
        except PermissionError:
            what, mend = "may not be read", "change its permissions, or copy it"
        except (OSError, ValueError) as error:
            what, mend = f"cannot be opened ({error})", "check its name"
        raise InputError(what, path=self.name, mend=mend)

    def _note_damage(self, why: str) -> None:
        self.damage = why


def printable(text: str, limit: int = 1000) -> str:
    r"""Text of an input as a note or an error may show it: on one line, nothing to fool a terminal.

    Example:
        >>> printable("two\nlines and \x1b[31mred")
        'two lines and  [31mred'
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:limit])
    return f"{shown}…" if len(text) > limit else shown


class _Continued(io.RawIOBase):
    """A pipe from its start, though its first bytes have been read already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        data = self._start[: len(view)] or self._rest.read(len(view))
        self._start = self._start[len(view) :]
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed and self._rest is not sys.stdin.buffer:
            self._rest.close()
        super().close()


def _suggestion(path: Path) -> str:
    """The nearest name in the same folder, as a mend."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return "check the folder"
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f'did you mean "{path.parent / near[0]}"?' if near else "check the name"
