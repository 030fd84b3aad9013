"""Coverage-guided fuzzing of every format (atheris, libFuzzer): ``make fuzz``, or for some

    .venv-fuzz/bin/python tests/fuzz/fuzz_formats.py --seconds 600 disqus-xml csv

Each format starts from the golden inputs of tests/formats, and is given every input whether it
would recognise it or not; ``any`` recognises, and unpacks. Held to: only the tool's own errors come
out, no warning, every record becomes a row or a reject, and 64 KiB never take ten seconds.
What breaks one of these is left in the folder of findings, and named.
"""

from __future__ import annotations

import argparse
import gzip
import io
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "formats"
ANY = "any"
LONGEST = 1 << 16


def zipped(content: bytes) -> bytes:
    """A .zip with one member."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("comments", content)
    return archive.getvalue()


def zstandard_packed(content: bytes) -> bytes:
    """One frame of Zstandard."""
    import zstandard

    return zstandard.compress(content)


def seeds(name: str) -> Iterator[bytes]:
    """What a format's fuzzing starts from."""
    from moderation.formats import Reading

    inputs = sorted(GOLDEN.glob("*/input.*"))
    if name == ANY:
        for path in inputs:
            content = path.read_bytes()
            packed: list[Callable[[bytes], bytes]] = [gzip.compress, zipped, zstandard_packed]
            yield from (content, *(pack(content) for pack in packed))
    else:
        own = [path for path in inputs if Reading(path).format == name]
        yield from (path.read_bytes() for path in own)


def held_to_the_rules(name: str, path: Path) -> Callable[[bytes], None]:
    """What is done with every input."""
    from moderation.errors import ModerationError
    from moderation.formats import Reading

    def once(content: bytes) -> None:
        path.write_bytes(content)
        try:
            reading = Reading(path, format=None if name == ANY else name, rows=7)
            rows = sum(len(frame) for frame in reading)
        except ModerationError:
            return
        assert rows == reading.rows, "a row is not counted"
        assert reading.records == rows + len(reading.rejects), "a record is lost"

    return once


def fuzz(name: str, seconds: int, findings: Path) -> None:
    """Fuzz one format; ends the process, with 0 where nothing was found."""
    import atheris

    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory(prefix="moderation-fuzz-") as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(seeds(name)):
            corpus.joinpath(str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10"]
        options = ["-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={findings}/{name}-"]
        arguments = [sys.argv[0], *limits, *options, str(corpus)]
        atheris.Setup(arguments, held_to_the_rules(name, Path(folder, "input")))
        atheris.Fuzz()


def main() -> None:
    """Fuzz the named formats one after another, all where none is named."""
    import atheris

    with atheris.instrument_imports(include=["moderation.formats"]):
        from moderation.formats import table
    known = [ANY, *(name for name, _, _ in table())]
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="FORMAT", help=f"of {', '.join(known)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    parser.add_argument("--findings", type=Path, default=Path(".fuzz"), help="folder of findings")
    given = parser.parse_args()
    if unknown := set(given.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    given.findings.mkdir(exist_ok=True)
    if len(given.names) == 1:
        fuzz(given.names[0], given.seconds, given.findings)
    own = [sys.executable, __file__, f"--seconds={given.seconds}", f"--findings={given.findings}"]
    broken = [name for name in given.names or known if subprocess.call([*own, name])]
    sys.exit(f"broken: {', '.join(broken)}, see {given.findings}" if broken else None)


if __name__ == "__main__":
    main()
