"""`kb serve`: a page comes, and every way to end it is quiet."""

import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.cli import main

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def page(address: str) -> str:
    for _ in range(1500):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nothing at {address}")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_serves_until_it_is_ended(number: signal.Signals, code: int, port: int, start: Start) -> None:
    process = start("serve", "--addr", f"127.0.0.1:{port}")
    assert "<title>Harbour</title>" in page(f"http://127.0.0.1:{port}/")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_an_address_that_is_taken(harbour: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(["-C", str(harbour), "serve", "--addr", address]) == 2
    assert f"kb: error: cannot listen on {address}: Address already in use" in capsys.readouterr().err


def test_an_address_that_does_not_exist(harbour: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(harbour), "serve", "--addr", "no-such-host.invalid:8000"]) == 2
    assert "kb: error: cannot listen on no-such-host.invalid:8000: " in capsys.readouterr().err
