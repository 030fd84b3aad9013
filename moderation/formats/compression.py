"""Undoing .gz, .zst and one-member .zip, by content: bombs are refused, damage is reported.

No path inside an archive is ever used, and one that leads out of it is refused. A stream that
breaks off still yields what came before; the break is told to the caller, who counts it as a
reject.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from moderation.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SUFFIXES = (".gz", ".zst", ".zip")
TRUSTED_BYTES = 100 << 20
"""No ratio is absurd below this size (bytes, decompressed)."""
ABSURD_RATIO = 200
"""Decompressed to compressed: text reaches 10 to 50, a bomb 1,000 and more."""

_PACKED_STEP = 1 << 11
"""Bytes unpacked at a time: of Zstandard four may stand for 128 KiB, so these for 64 MiB."""
_ZIP = b"PK\x03\x04"
_LONGEST_WINDOW = 1 << 31  # public Reddit dumps are packed with zstd --long=31
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
BROKEN_ZIP = (*_DAMAGE, IndexError, NotImplementedError, RuntimeError, ValueError, struct.error)
"""What the library raises at a hostile or damaged .zip."""


def is_compressed(start: bytes) -> bool:
    """Whether a file that starts so is one that :func:`decompressed` unpacks.

    Example:
        >>> is_compressed(gzip.compress(b"text")), is_compressed(b"text")
        (True, False)
    """
    return any(start.startswith(magic) for magic in _READERS)


def decompressed(
    raw: BinaryIO, start: bytes, path: str, damaged: Callable[[str], None]
) -> BinaryIO:
    """The content of a stream, unpacked where it is packed.

    Args:
        raw: The stream, at its start; ``tell`` must work.
        start: Its first bytes (at least 4), which decide.
        path: The file's name, for errors.
        damaged: Told why, when the packed data breaks off or is corrupt.

    Raises:
        InputError: An archive of no or several members, one with a password, a member whose path
            leads out of it, or, while reading, a ratio that only a bomb has.
    """
    reader = next((reader for magic, reader in _READERS.items() if start.startswith(magic)), None)
    if reader is None:
        return raw
    try:
        inner = reader(raw, path)
    except InputError:
        raw.close()
        raise
    return raw if inner is None else io.BufferedReader(_Guarded(inner, raw, path, damaged), 1 << 18)


class _Unpacking(Protocol):
    """A stream that unpacks what it reads."""

    def read1(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class _Guarded(io.RawIOBase):
    """A decompressing stream that refuses bombs and turns damage into an early end."""

    def __init__(
        self, inner: _Unpacking, raw: BinaryIO, path: str, damaged: Callable[[str], None]
    ) -> None:
        self._inner, self._raw, self._path, self._damaged = inner, raw, path, damaged
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            data = self._inner.read1(len(view))  # all there is before damage, if any
        except _DAMAGE as error:
            self._damaged(f"the packed data is damaged after byte {self._count}: {error}")
            return 0
        self._count += len(data)
        if self._count > TRUSTED_BYTES and self._count > ABSURD_RATIO * max(self._raw.tell(), 1):
            raise InputError(
                f"unpacks to more than {ABSURD_RATIO} times its size, as only a bomb does",
                path=self._path,
                mend="unpack it yourself if you trust it",
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._raw.close()
        super().close()


def _open_gzip(raw: BinaryIO, path: str) -> _Unpacking:  # noqa: ARG001  # one signature for all
    return gzip.GzipFile(fileobj=raw)


def _open_zstd(raw: BinaryIO, path: str) -> _Unpacking:  # noqa: ARG001  # one signature for all
    return _ZstdFile(raw)


class _ZstdFile(io.RawIOBase):
    """Zstandard frames one after another; unlike the library's reader, it notices a missing end."""

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard

        self._raw = raw
        self._error = zstandard.ZstdError
        self._reader = zstandard.ZstdDecompressor(max_window_size=_LONGEST_WINDOW)
        self._frame = self._reader.decompressobj()
        self._pending = bytearray()

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        """What the next bytes unpack to; empty only at the end."""
        while not self._pending:
            packed = self._frame.unused_data if self._frame.eof else b""
            packed = packed or self._raw.read(_PACKED_STEP)
            if not packed:
                if not self._frame.eof:
                    raise EOFError("the last frame has no end")
                break
            if self._frame.eof:
                self._frame = self._reader.decompressobj()
            try:
                self._pending += self._frame.decompress(packed)
            except self._error as error:
                raise EOFError(str(error)) from None
        taken = bytes(self._pending[:size])
        del self._pending[:size]
        return taken


def _open_zip(raw: BinaryIO, path: str) -> _Unpacking | None:
    """The one member of a .zip; None for an Office document, which its own parser opens."""
    try:
        archive = zipfile.ZipFile(raw)
    except BROKEN_ZIP as error:
        raise InputError(f"a damaged .zip ({error})", path=path, mend="copy it again") from None
    if "[Content_Types].xml" in archive.namelist():
        raw.seek(0)
        return None
    members = [
        member
        for member in archive.infolist()
        if not member.filename.endswith("/") and not member.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise InputError(
            f"the .zip holds {len(members)} files, not one",
            path=path,
            mend="unpack it and name the files to read",
        )
    if members[0].flag_bits & 1:
        raise InputError("the .zip has a password", path=path, mend="unpack it first")
    if _leaves_its_folder(members[0].filename):
        what = f"the .zip holds a path that leads out of it, {ascii(members[0].filename)[:80]}"
        raise InputError(what, path=path, mend="unpack it yourself if you trust it")
    try:
        return cast(_Unpacking, archive.open(members[0]))
    except BROKEN_ZIP as error:
        raise InputError(f"the .zip cannot be unpacked here ({error})", path=path) from None


def _leaves_its_folder(member: str) -> bool:
    """Whether a member's name, taken as it stands, lies elsewhere; no exporter writes such."""
    parts = re.split(r"[/\\]", member)
    return not parts[0] or ".." in parts or ":" in parts[0]


_READERS: dict[bytes, Callable[[BinaryIO, str], _Unpacking | None]] = {
    b"\x1f\x8b": _open_gzip,
    b"\x28\xb5\x2f\xfd": _open_zstd,
    _ZIP: _open_zip,
    b"PK\x05\x06": _open_zip,  # one without members
}
