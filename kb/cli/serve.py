"""`kb serve`: the site in the browser, built again whenever a record is saved.

MkDocs serves from a temporary folder, so the published site is never touched. Compromise: whether the address is free
is tried before MkDocs takes it, which answers with a traceback; in between somebody else may take it.
"""

import re
import signal
import socket

import click

from kb.cli import host
from kb.cli.options import FINE, Start
from kb.errors import KbError

_ADDRESS = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


@click.command(short_help="Serve the site while you write.")
@click.option("--addr", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to listen.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.pass_obj
def serve(start: Start, addr: str, opens: bool) -> int:
    """Serve the site, built again whenever a file is saved. Ctrl-C ends it.

    \b
    Examples:
      kb serve
      kb serve --open --addr 127.0.0.1:8080
    """
    root = start.root()
    _try(addr)
    arguments = ["serve", "--config-file", str(host.settings(root)), "--dev-addr", addr, *(["--open"] if opens else [])]
    try:
        with host.ending_in_order():
            # SIGINT is how MkDocs is asked to stop: it removes its temporary folder then.
            code = host.run(arguments, root, host.environment(), ending=signal.SIGINT)
    except KeyboardInterrupt:
        return FINE
    return code if code >= 0 else 128 - code


def _try(addr: str) -> None:
    match = _ADDRESS.fullmatch(addr)
    if match is None or int(match[2]) > 0xFFFF:
        raise click.BadParameter(f"`{addr}` is no address such as 127.0.0.1:8000.", param_hint="'--addr'")
    family = socket.AF_INET6 if addr.startswith("[") else socket.AF_INET
    try:
        socket.create_server((match[1].strip("[]"), int(match[2])), family=family).close()
    except OSError as error:
        hint = "`--addr HOST:PORT` names another address."
        raise KbError(f"cannot listen on {addr}: {error.strerror}", hint=hint) from error
