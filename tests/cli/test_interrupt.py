from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

#: A job in the background of a script, as these tests may be, starts with interrupts ignored.
HEEDED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
CALLED_BACK = """
import ctypes, signal, time
from moderation import cli

@ctypes.CFUNCTYPE(None)
def called_back():
    signal.raise_signal(signal.SIGINT)  # the interrupt is lost, as in all that C calls

def run(arguments):
    called_back()
    {then}

cli.run = run
cli.main()
"""
THEN = {
    "what depends on it fails": 'raise RuntimeError("no compiled object yet")',
    "nothing depends on it": "time.sleep(60)",
    "it is lost once more": "called_back(); time.sleep(60)",
}


@pytest.mark.parametrize("then", THEN.values(), ids=THEN)
def test_an_interrupt_that_compiled_code_lost_still_ends_the_command(then: str) -> None:
    script = HEEDED + CALLED_BACK.format(then=then)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_a_fault_that_no_interrupt_brought_about_is_shown() -> None:
    script = CALLED_BACK.format(then="").replace("called_back()\n", "1 / 0\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_command_in_the_background_of_a_script_goes_on() -> None:
    script = CALLED_BACK.format(then="return 0")
    shell = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, script]
    done = subprocess.run(shell, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.1, 0.4, 1, 3, 6, 10])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_while_the_first_run_compiles_is_one_line(
    seconds: float, jobs: str, tmp_path: Path
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("body\n" + "You stupid idiot, nobody asked you.\n" * 5_000, "utf-8")
    script = HEEDED + "from moderation.cli import main; main()"
    command = [sys.executable, "-c", script, "score", source, "-o", out, "--jobs", jobs]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "interrupted\n")
    assert not list(tmp_path.glob("out*"))
