"""What a job has finished, in parts beside its output: safe from a kill at any moment.

::

    scored.parquet.parts/
        job.json                        what is read, how, and what scores it
        00000.parquet                   rows in order
        00000.parquet.rejects.jsonl     what could not be read, if anything
        00000.json                      counts; written last: the part counts when this is there
        00001.parquet                   …
        lock                            held while a job writes here

Every file appears under its name when it is whole and safe on disk. At the end the parts are
joined into one file in the folder, which takes its name in one step, and the folder goes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from moderation import __version__
from moderation.batch.lock import LOCK, claimed
from moderation.batch.tally import Tally
from moderation.errors import ModerationError
from moderation.formats import Reject
from moderation.formats.writing import Rejects, Whole, Writer, join, kind_of, sync_folder

if TYPE_CHECKING:
    import pyarrow as pa

_JOB = "job.json"
_REJECTS = ".rejects.jsonl"


class Part(msgspec.Struct):
    """A finished part: how many chunks of the reading it holds, and what became of the rows."""

    chunks: int = 0
    tally: Tally = msgspec.field(default_factory=Tally)


class Parts:
    """The parts of one job; :meth:`opened` makes one.

    Attributes:
        complete: The finished parts.
        open_rows: Rows in the part that is being written.
    """

    def __init__(self, out: Path, kind: str, schema: pa.Schema) -> None:
        self.out = out
        self.folder = _folder(out)
        self.complete: list[Part] = []
        self.open_rows = 0
        self._kind = kind
        self._schema = schema
        self._part = Part()
        self._writer: Writer | None = None
        self._rejects: Rejects | None = None
        self._lock: BinaryIO | None = None

    @classmethod
    def opened(
        cls,
        out: str | PathLike[str],
        kind: str | None,
        schema: pa.Schema,
        job: Mapping[str, object] | None,
        *,
        resume: bool,
    ) -> Parts:
        """The parts of a job that begins or goes on.

        Args:
            out: The file that is to be.
            kind: Its kind; what its suffix says where that is None.
            schema: Of the rows.
            job: Whatever the rows depend on; None where the inputs cannot be read again.
            resume: Keep the finished parts of the same job.

        Raises:
            ModerationError: There are finished parts and ``resume`` is false, or they are of
                another job, or an input cannot be read again.
        """
        parts = cls(Path(os.path.realpath(out)), kind_of(out, kind), schema)
        if resume and job is None:
            mend = "save it to a file, and name that"
            raise ModerationError("--resume cannot read a pipe again", mend=mend)
        old = parts._found_job()
        new = _plain({"version": __version__, "kind": parts._kind, **job}) if job else None
        found = parts._found_parts() if old else []
        if found and not resume:
            raise ModerationError(
                f"{len(found)} finished parts of an interrupted job are in the way",
                path=parts.folder,
                mend="go on with --resume, or delete the folder to begin anew",
            )
        if found and old and new and old != new:
            names = " and ".join(n for n in sorted({*old, *new}) if old.get(n) != new.get(n))
            raise ModerationError(
                f"the interrupted job had other {names}",
                path=parts.folder,
                mend="resume with what it had, or delete the folder to begin anew",
            )
        parts.complete = found
        parts._begin(new)
        return parts

    @property
    def chunks(self) -> int:
        """Chunks of the reading that the finished parts hold."""
        return sum(part.chunks for part in self.complete)

    def tally(self) -> Tally:
        """What became of the rows of the finished parts."""
        whole = Tally()
        for part in self.complete:
            whole.merge(part.tally)
        return whole

    def add(self, table: pa.Table, rejects: Iterable[Reject], tally: Tally) -> None:
        """Write one more chunk to the open part."""
        path = self._path(len(self.complete))
        self._writer = self._writer or Writer(path, self._kind, self._schema)
        self._rejects = self._rejects or Rejects(path)
        self._writer.write(table)
        for reject in rejects:
            self._rejects(reject)
        self._part.chunks += 1
        self._part.tally.merge(tally)
        self.open_rows += table.num_rows

    def close(self) -> None:
        """Finish the open part: from here on it survives anything."""
        if self._writer and self._rejects:
            self._rejects.close()
            self._writer.close()
            number = len(self.complete)
            _save(self.folder / f"{number:05d}.json", self._part)
            self.complete.append(self._part)
        self._part, self._writer, self._rejects, self.open_rows = Part(), None, None, 0

    def join(self) -> None:
        """Finish the job: one file with all rows under its name, one with all rejects if any."""
        self.close()
        whole = self.folder / f"rows.{self._kind}"
        paths = [self._path(number) for number in range(len(self.complete))]
        if not paths:
            with Writer(whole, self._kind, self._schema):
                pass
        elif len(paths) == 1:
            _name_again(paths[0], whole)
        else:
            join(paths, whole, self._kind)
        self._join_rejects(paths)
        os.replace(whole, self.out)
        sync_folder(self.out.parent)
        shutil.rmtree(self.folder)
        self._unlock()

    def abandon(self) -> None:
        """Stop: the open part is lost; where it was the first, no trace stays."""
        if self._writer and self._rejects:
            self._writer.discard()
            self._rejects.discard()
        if not self.complete:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._unlock()

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()

    def _join_rejects(self, paths: list[Path]) -> None:
        final = Path(f"{self.out}{_REJECTS}")
        found = [each for path in paths if (each := Path(f"{path}{_REJECTS}")).exists()]
        if found:
            join(found, self.folder / "rejects.jsonl", "jsonl")
            os.replace(self.folder / "rejects.jsonl", final)
        elif final.is_file():
            final.unlink()  # an earlier run's

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05d}.{self._kind}"

    def _begin(self, job: Mapping[str, object] | None) -> None:
        """Make the folder hold what is finished, and nothing else."""
        kept = {LOCK, _JOB} if self.complete else {LOCK}
        for number in range(len(self.complete)):
            rows = self._path(number).name
            kept |= {f"{number:05d}.json", rows, f"{rows}{_REJECTS}"}
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock = claimed(self.folder)
            for path in self.folder.iterdir():
                if path.name not in kept:
                    path.unlink()
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            mend = "name another place with -o"
            raise ModerationError(what, path=self.folder, mend=mend) from None
        if job and not self.complete:
            _save(self.folder / _JOB, job)

    def _found_job(self) -> dict[str, object] | None:
        try:
            return dict(msgspec.json.decode((self.folder / _JOB).read_bytes()))
        except (OSError, msgspec.DecodeError):
            return None

    def _found_parts(self) -> list[Part]:
        """The finished parts on disk, up to the first that is missing."""
        found: list[Part] = []
        while self._path(len(found)).exists():
            try:
                held = (self.folder / f"{len(found):05d}.json").read_bytes()
            except OSError:
                break
            found.append(msgspec.json.decode(held, type=Part))
        return found


def _name_again(part: Path, whole: Path) -> None:
    """The part under another name as well: killed before the folder is gone, it is still there."""
    whole.unlink(missing_ok=True)
    try:
        os.link(part, whole)
    except OSError:  # no links on this disk
        shutil.copyfile(part, whole)


def unfinished(out: str | PathLike[str]) -> bool:
    """Whether an interrupted job left parts that it can go on with.

    Example:
        >>> unfinished("never-begun.parquet")
        False
    """
    return any(_folder(Path(os.path.realpath(out))).glob("*[0-9].json"))


def _folder(out: Path) -> Path:
    return out.with_name(f"{out.name}.parts")


def _save(path: Path, value: object) -> None:
    with Whole(path) as file:
        file.stream.write(msgspec.json.encode(value))


def _plain(job: Mapping[str, object]) -> dict[str, object]:
    """The job as it comes back from its file."""
    return dict(msgspec.json.decode(msgspec.json.encode(job)))
