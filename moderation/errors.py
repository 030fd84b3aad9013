"""Everything this package raises on purpose.

::

    ModerationError          a mistake a person can mend; the command line exits with 2
    ├── InputError           a file that is missing, empty, binary or malformed
    │   ├── FormatError      no known format fits, or the named one does not
    │   └── ColumnError      a table without the column that was asked for
    ├── PolicyError          a policy file with an unknown key or an impossible bound
    └── ModelError           model weights that are missing, damaged or of another version

Any other exception that leaves the package is a defect.
"""

from __future__ import annotations

from os import PathLike, fspath


class ModerationError(Exception):
    """A mistake in what the tool was given: what is wrong, where, and how to mend it.

    Args:
        message: What is wrong, in one clause, without a full stop.
        path: The file concerned, if any.
        line: Line (or record) number in that file, counted from 1.
        mend: What to do about it, in one clause.

    Example:
        >>> print(ColumnError('no column "text"', path="a.csv", mend="try --text-column body"))
        a.csv: no column "text"; try --text-column body
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | PathLike[str] | None = None,
        line: int | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else fspath(path)
        self.line = line
        self.mend = mend

    def __str__(self) -> str:
        place = [str(part) for part in (self.path, self.line) if part is not None]
        text = ": ".join([":".join(place), self.message] if place else [self.message])
        return f"{text}; {self.mend}" if self.mend else text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.path, self.line, self.mend))


def _rebuild(
    kind: type[ModerationError],
    message: str,
    path: str | None,
    line: int | None,
    mend: str | None,
) -> ModerationError:
    return kind(message, path=path, line=line, mend=mend)


class InputError(ModerationError):
    """A file that is missing, empty, binary or malformed."""


class FormatError(InputError):
    """No known format fits the file, or the one that was named does not."""


class ColumnError(InputError):
    """A table without the column that was asked for."""


class PolicyError(ModerationError):
    """A policy file with an unknown key or an impossible bound."""


class ModelError(ModerationError):
    """Model weights that are missing, damaged or of another version."""
