"""In place of the plugins: marks the site as ours, and does what a test asks for through the environment."""

import logging
import os
import time
from pathlib import Path


def on_pre_build(config):
    if os.environ.get("STUB_WARNS"):
        logging.getLogger("mkdocs.plugins.stub").warning("the stub warns")


def on_post_build(config):
    site = Path(config.site_dir)
    (site / "epoch.txt").write_text(os.environ.get("SOURCE_DATE_EPOCH", "clock"))
    if not os.environ.get("STUB_LEAVES_NO_MARK"):
        (site / ".afteraction").touch()
    if said := os.environ.get("STUB_FAILS"):
        raise SystemExit(int(said))
    if waiting := os.environ.get("STUB_WAITS"):
        Path(waiting).write_text(str(os.getpid()))
        time.sleep(60)
