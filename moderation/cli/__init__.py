"""The command line: arguments, progress, tables for people, exit codes.

Every command is a thin call of the library, in a module of its own; whatever it needs is imported
when it runs, so that ``--help`` answers at once. Exit codes: 0 done, 1 with ``--check`` when
something is flagged, 2 for a user's mistake, which is one line on stderr, 130 when interrupted.
"""

from __future__ import annotations

import os
import sys

from moderation.cli import startup
from moderation.cli.interrupt import Interrupts
from moderation.errors import ModerationError

DONE, FLAGGED, MISTAKE, INTERRUPTED = 0, 1, 2, 130


def main() -> None:
    """Run the command line and exit with its code."""
    interrupts = Interrupts()
    interrupts.attend()
    startup.spare_collections()
    try:
        code = run(sys.argv[1:])
    except BaseException:
        if not interrupts.met:
            raise
        code = None
    interrupts.ignore()  # before anything is said: another would strike while it is
    if code is None:
        code = _said("interrupted", INTERRUPTED)
    interrupts.forget()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments; returns its exit code."""
    import typer

    from moderation.cli.commands import app

    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, prog_name="moderation", standalone_mode=False)
    except ModerationError as fault:
        return _said(f"error: {fault}", MISTAKE)
    except typer.TyperException as fault:
        mistake = fault.format_message().rstrip(".")
        return _said(f"error: {mistake}; see moderation --help", MISTAKE)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except typer.Abort:
        code = INTERRUPTED
    if code == INTERRUPTED:  # what Typer makes of Ctrl-C
        return _said("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else DONE


def _said(message: str, code: int) -> int:
    """The exit code, after one line on stderr."""
    sys.stderr.write(" ".join(message.split()) + "\n")
    return code
