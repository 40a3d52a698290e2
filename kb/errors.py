"""What stops a command: one exception that carries what a person needs.

Faults of records are findings, never exceptions. This exception is for faults of the call or of `kb.toml`, where
nothing sensible can go on. Compromise: one class with an optional place and hint instead of a hierarchy, because every
caller does the same with it: print it and leave with exit code 2.
"""


class KbError(Exception):
    """A fault of the call or the configuration.

    Args:
        message: what is wrong, naming the offender.
        path: the file concerned, if there is one.
        line: 1-based line in that file, or None.
        hint: the way out, or "".
    """

    def __init__(self, message: str, *, path: str = "", line: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.path, self.line, self.hint = message, path, line, hint

    def __str__(self) -> str:
        place = self.path + (f":{self.line}" if self.line else "")
        return "\n".join(filter(None, [f"{place}: {self.message}" if place else self.message, self.hint]))
