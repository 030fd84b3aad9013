"""Ctrl-C: a command ends at once and in one line, wherever it strikes."""

from __future__ import annotations

import os
import signal
import sys
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: Seconds until an interrupt that was lost is sent again.
_AGAIN = 0.05


class Interrupts:
    """Whether this process was interrupted, whatever became of the ``KeyboardInterrupt``.

    Compiling takes seconds in C, so that an interrupt often waits for the first line of Python
    that is called from there. What is raised in such a call is printed and lost, its result is
    missing, and something else fails for it. So a lost interrupt is sent again, and what fails
    after an interrupt is no fault of its own.

    Attributes:
        met: Whether there was an interrupt.
    """

    def __init__(self) -> None:
        self.met = False
        self._sent_again = False

    def attend(self) -> None:
        """From now on interrupts are met, unless whoever started this process had them ignored."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            return
        signal.signal(signal.SIGINT, self._meet)
        sys.unraisablehook = self._lost

    def ignore(self) -> None:
        """From now on they come too late."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    @staticmethod
    def forget() -> None:
        """Let the exit code stand.

        Python remembers an interrupt that struck in an ``exec`` of a string, as dataclasses make
        them, until the next ``exec``, and would end itself by the signal.
        """
        exec("")  # noqa: S102  # the next

    def _meet(self, *_: object) -> None:
        self.met = True
        raise KeyboardInterrupt

    def _lost(self, lost: UnraisableHookArgs) -> None:
        if not self.met:
            sys.__unraisablehook__(lost)
        elif lost.exc_type is KeyboardInterrupt and not self._sent_again:
            # Once, however many are lost meanwhile: a second would strike when all is over.
            self._sent_again = True
            again = Timer(_AGAIN, self._send)
            again.daemon = True
            again.start()

    def _send(self) -> None:
        self._sent_again = False  # before it is sent: it may be lost, too
        os.kill(os.getpid(), signal.SIGINT)
