"""One job at a time writes an output: a lock that goes with its process, whatever ends that."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from moderation.errors import ModerationError

LOCK = "lock"


def claimed(folder: Path) -> BinaryIO:
    """The lock of a folder of parts, held until it is closed.

    Raises:
        ModerationError: Another job holds it.
    """
    file = (folder / LOCK).open("ab")
    try:
        import fcntl
    except ImportError:  # Windows, where an open file could not be taken away with its folder
        file.close()
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        mend = "wait for it, or name another place with -o"
        raise ModerationError("another job writes here", path=folder, mend=mend) from None
    except OSError:
        pass  # there are disks without locks
    return file
