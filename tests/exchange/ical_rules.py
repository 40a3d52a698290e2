"""What RFC 5545 asks of a calendar, checked by hand."""

import re
from collections import Counter
from collections.abc import Iterator

_LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9-]*)(?P<parameters>(?:;[A-Z-]+=[^:;,\"]+)*):(?P<value>.*)", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_ESCAPED = re.compile(r"(?:[^\\,;]|\\[\\,;nN])*")
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~%-]+")
_TEXTS = frozenset({"SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "CATEGORIES", "UID"})
_ONCE_OF_ALL = ("PRODID", "VERSION")
_ONCE_OF_AN_EVENT = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "TRANSP")
_AT_MOST_ONCE = ("DESCRIPTION", "URL")

Line = tuple[str, str, str]


def lines(content: bytes) -> list[Line]:
    """The lines of a calendar, unfolded, as (name, parameters, value as written)."""
    found = [_LINE.fullmatch(line) for line in content.decode().replace("\r\n ", "").split("\r\n")[:-1]]
    return [(hit["name"], hit["parameters"], hit["value"]) if hit else ("?", "", "") for hit in found]


def faults(content: bytes) -> list[str]:
    """What is wrong with a calendar, by the rules of RFC 5545; raises where it is no UTF-8."""
    return [*_faults_of_form(content), *_faults_of_parts(lines(content))]


def _faults_of_form(content: bytes) -> Iterator[str]:
    if not content.endswith(b"\r\n") or re.search(b"(?<!\r)\n|\r(?!\n)", content):
        yield "a line does not end with CRLF"
    yield from (f"a line has {len(line)} octets" for line in content.split(b"\r\n") if len(line) > 75)
    yield from ("a character is cut in two" for line in content.split(b"\r\n") if not _is_text(line))
    for name, _, value in lines(content):
        if name == "?" or _CONTROL.search(value):
            yield f"no line of a calendar: {name}"
        if name in _TEXTS and not _ESCAPED.fullmatch(value):
            yield f"{name} is not escaped: {value}"
        if name == "URL" and not _URI.fullmatch(value):
            yield f"no address: {value}"


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _faults_of_parts(found: list[Line]) -> Iterator[str]:
    marks = [(name, value) for name, _, value in found if name in ("BEGIN", "END")]
    if marks[:1] != [("BEGIN", "VCALENDAR")] or marks[-1:] != [("END", "VCALENDAR")] or len(marks) < 4:
        yield "no calendar that holds something"
    head = Counter(name for name, _, _ in found)
    yield from (f"{head[name]} of {name}" for name in _ONCE_OF_ALL if head[name] != 1)
    for event in events(found):
        names = Counter(name for name, _, _ in event)
        yield from (f"an event has {names[name]} of {name}" for name in _ONCE_OF_AN_EVENT if names[name] != 1)
        yield from (f"an event has {names[name]} of {name}" for name in _AT_MOST_ONCE if names[name] > 1)
        yield from _faults_of_times({f"{name}{parameters}": value for name, parameters, value in event})
    uids = Counter(value for name, _, value in found if name == "UID")
    yield from (f"two events are {uid}" for uid, number in uids.items() if number > 1)


def _faults_of_times(said: dict[str, str]) -> Iterator[str]:
    first, end = said.get("DTSTART;VALUE=DATE", ""), said.get("DTEND;VALUE=DATE", "")
    if not (re.fullmatch(r"\d{8}", first) and re.fullmatch(r"\d{8}", end) and first < end):
        yield "an event does not last whole days"
    if not re.fullmatch(r"\d{8}T\d{6}Z", said.get("DTSTAMP", "")):
        yield "an event is not stamped in UTC"


def events(found: list[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each event."""
    event: list[Line] | None = None
    for name, parameters, value in found:
        if (name, value) == ("BEGIN", "VEVENT"):
            event = []
        elif (name, value) == ("END", "VEVENT"):
            assert event is not None
            yield event
            event = None
        elif event is not None:
            event.append((name, parameters, value))
