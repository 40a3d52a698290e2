"""The site while it is written: `kb serve` with the real plugins."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def fetch(address: str, wanted: str, seconds: float = 20) -> str:
    """Return the page as soon as it holds what is wanted, or as it is when the time is over."""
    page, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                page = answer.read().decode()
        except (urllib.error.URLError, OSError):
            page = ""
        if wanted in page:
            return page
        time.sleep(0.1)
    return page


def test_a_saved_record_is_shown_and_a_broken_one_is_reported_and_left_out(copy_of_library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kb", "-C", str(copy_of_library), "serve", "--addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # With a `site_url` MkDocs serves below its path; this library has none.
        top = f"http://127.0.0.1:{port}"
        assert "Drain the queue" in fetch(f"{top}/playbooks/drain-the-queue/", "Drain the queue")
        (copy_of_library / "playbooks/new.md").write_text("---\ntitle: Just written\n---\n")
        (copy_of_library / "playbooks/bad.md").write_text(
            "---\ntitle: Not to be seen\nlast_reviewed: 2026-02-30\n---\n"
        )
        assert "Just written" in fetch(f"{top}/playbooks/new/", "Just written")
        findings = fetch(f"{top}/reference/findings/", "playbooks/bad.md:3")
        assert "the day 2026-02-30 does not exist" in findings
        assert "Not to be seen" not in fetch(f"{top}/playbooks/", "Just written")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=15)
