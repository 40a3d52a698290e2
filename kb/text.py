"""Words for people: slugs, nearest words, durations, ages.

One home for how a name becomes an address and how a span of time is said, so that the terminal and the site agree.
Compromise: addresses are ASCII where the text has an ASCII reading and keep other letters as they are, so that a
Japanese title does not become an empty slug.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from rapidfuzz import fuzz, process

MAX_NAME = 500
# Marks that belong to no letter and show nothing: joiners and variation selectors.
_INVISIBLE = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_PLAIN = re.compile(r"[^\W_](?:[\w. -]*[\w.])?")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return `text` without case and accents, to compare or sort by."""
    # Compatibility forms such as the letter ℋ become capitals, so both steps are taken twice.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in plain if not _is_accent(c)))


def _is_accent(character: str) -> bool:
    """Tell whether it is an accent or point that readers do without, and no part of a Japanese, Hindi or Thai letter."""
    place = unicodedata.combining(character)
    return place >= 200 or place == 1 or 10 <= place <= 36


@lru_cache(maxsize=1 << 16)
def slug(text: str) -> str:
    """Return `text` as one segment of an address: lower case, hyphens between words, never empty."""
    kept = "".join(c if c.isalnum() or c == "." or _is_letter_mark(c) else "-" for c in _INVISIBLE.sub("", fold(text)))
    return re.sub(r"-{2,}", "-", kept).strip("-.") or "unnamed"


def _is_letter_mark(character: str) -> bool:
    """Tell whether it is a mark that Hindi, Thai and others write with; accents are gone by now."""
    return unicodedata.category(character) in ("Mc", "Mn")


def word(text: str) -> str:
    """Return `text` as a word of a list: lower case, underscores between its parts ("Config push" -> "config_push")."""
    return re.sub(r"[\s_-]+", "_", text.strip()).lower()


def said(word: str) -> str:
    """Return a word of a list as people say it ("config_push" -> "config push", "pre_mortem" -> "pre-mortem")."""
    return word.replace("_", " ").replace("pre mortem", "pre-mortem")


def nearest(text: str, known: Iterable[str], *, limit: int = 3, cutoff: float = 70) -> tuple[str, ...]:
    """Return the words of `known` nearest to `text`, best first, ties by name.

    `cutoff` is the least similarity, from 0 to 100 (normalized indel similarity, as rapidfuzz computes it). Nothing is
    near a text that is far longer than any name.
    """
    if len(text) > MAX_NAME:
        return ()
    found = process.extract(
        fold(text), {k: fold(k) for k in sorted(set(known))}, scorer=fuzz.ratio, limit=limit * 2, score_cutoff=cutoff
    )
    return tuple(key for _, _, key in sorted(found, key=lambda hit: (-hit[1], hit[2]))[:limit])


def did_you_mean(text: str, known: Iterable[str], *, quote: str = "`") -> str:
    """Return "did you mean `a` or `b`?", or "" where nothing is near."""
    names = [f"{quote}{name}{quote}" for name in nearest(text, known)]
    return f"did you mean {_either(names)}?" if names else ""


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def duration(span: timedelta) -> str:
    """Return a span as people say it: "45 s", "2 h 14 min", "1 d 11 min". At most two units, the rest cut off."""
    seconds = int(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((i for i, (n, _) in enumerate(parts) if n), 3)
    # Beside days, minutes still tell; beside hours, seconds do not.
    finer = next((part for part in parts[first + 1 : first + (3 if days else 2)] if part[0]), None)
    return sign + " ".join(f"{n} {unit}" for n, unit in filter(None, (parts[first], finer)))


def age(days: int) -> str:
    """Return an age in days as people say it: "today", "12 days", "5 months", "3 years"."""
    if days <= 0:
        return "today"
    for length, unit in ((365.25, "year"), (30.44, "month")):
        if days >= 2 * length:
            return f"{int(days / length)} {unit}s"
    return f"{days} day{'s' if days != 1 else ''}"


def yaml_text(text: str) -> str:
    """Return text as YAML writes it on one line: without marks where every reader takes it for text."""
    is_plain = _PLAIN.fullmatch(text) is not None and any(map(str.isalpha, text)) and text.lower() != "null"
    # A JSON string is a YAML string, and its letters need no escapes.
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: "1 incident", "2 incidents", "1,208 incidents"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
