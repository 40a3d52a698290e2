"""MkDocs as a child process.

The child gets a fixed argument list, never a shell, and does not look for modules in the current folder. It stands in a
process group of its own, so that Ctrl-C reaches it once, through us, as the signal that ends it without a trace.
Compromise: killed with SIGKILL we cannot end the child; it finishes by itself, and nobody looks at what it wrote.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import FrameType
from typing import Any

from kb.errors import KbError

MKDOCS = "mkdocs.yml"

_PATIENCE = 10.0  # seconds that the child has to end before it is killed


def settings(root: Path) -> Path:
    """Return the path of MkDocs' settings.

    Raises:
        KbError: there are none.
    """
    path = root / MKDOCS
    if not path.is_file():
        raise KbError(f"no {MKDOCS} in {root}", hint="`kb init` writes one.")
    return path


def environment(today: date | None = None) -> Mapping[str, str]:
    """Return the child's environment. `today` becomes SOURCE_DATE_EPOCH: midnight UTC of that day."""
    epoch = {} if today is None else {"SOURCE_DATE_EPOCH": str(int(datetime.combine(today, time(), UTC).timestamp()))}
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", **epoch}


def run(
    arguments: Sequence[str], root: Path, env: Mapping[str, str], *, ending: signal.Signals, keep: Sequence[int] = ()
) -> int:
    """Run MkDocs in `root` and return its exit code, negative for a signal.

    Whatever ends us ends the child first, with the signal `ending`. `keep` are the file descriptors it inherits.
    """
    command = [sys.executable, "-P", "-m", "mkdocs", *arguments]
    own_group: dict[str, Any] = {"process_group": 0, "pass_fds": tuple(keep)} if os.name == "posix" else {}
    # Its stdout is our stderr: on our stdout stand results.
    with subprocess.Popen(command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=2, **own_group) as process:
        try:
            return process.wait()
        except BaseException:
            _end(process, ending)
            raise


def _end(process: subprocess.Popen[bytes], ending: signal.Signals) -> None:
    process.send_signal(ending)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Turn the signals that would end us on the spot into an exception, so that everything is tidied up first."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, _leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
