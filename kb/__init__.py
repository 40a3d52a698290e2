"""Afteraction: an organization's memory of failure.

`load` reads a knowledge base and returns its catalogue:

    import kb

    catalogue = kb.load("path/to/knowledge-base")
    for incident in catalogue.incidents:
        print(incident.id, incident.severity, incident.lasted)
    for finding in catalogue.findings:
        print(finding.place, finding.code, finding.message)

Everything named in `__all__` is public and documented; what it returns is immutable. A name is imported when it is first
asked for, so that a command pays only for what it uses. Compromise: each name stands here three times, for readers, for
type checkers and for Python; a test holds them together.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.catalogue.catalogue import Catalogue, Topic, load
    from kb.catalogue.freshness import Freshness
    from kb.catalogue.link import Link
    from kb.catalogue.promise import Promise
    from kb.config import Config, find_root
    from kb.errors import KbError
    from kb.finding import CODES, Code, Finding, Level
    from kb.pages.address import Style
    from kb.pages.site import SITE_MARK, Asset, Page, Site
    from kb.records.model import Action, Learning, Playbook, Postmortem, Record
    from kb.records.time import Moment
    from kb.recurrence.clusters import Cluster
    from kb.recurrence.recurrence import Near, Recurrence
    from kb.recurrence.repeats import Repeat
    from kb.review.review import Review
    from kb.trends.quarter import Quarter
    from kb.trends.selection import Selection
    from kb.trends.trends import Trends

__version__ = "0.1.0"

__all__ = [
    "CODES",
    "SITE_MARK",
    "Action",
    "Asset",
    "Catalogue",
    "Cluster",
    "Code",
    "Config",
    "Finding",
    "Freshness",
    "KbError",
    "Learning",
    "Level",
    "Link",
    "Moment",
    "Near",
    "Page",
    "Playbook",
    "Postmortem",
    "Promise",
    "Quarter",
    "Record",
    "Recurrence",
    "Repeat",
    "Review",
    "Selection",
    "Site",
    "Style",
    "Topic",
    "Trends",
    "find_root",
    "load",
]

_HOMES = {
    "kb.catalogue.catalogue": ("Catalogue", "Topic", "load"),
    "kb.catalogue.freshness": ("Freshness",),
    "kb.catalogue.link": ("Link",),
    "kb.catalogue.promise": ("Promise",),
    "kb.config": ("Config", "find_root"),
    "kb.errors": ("KbError",),
    "kb.finding": ("CODES", "Code", "Finding", "Level"),
    "kb.pages.address": ("Style",),
    "kb.pages.site": ("SITE_MARK", "Asset", "Page", "Site"),
    "kb.records.model": ("Action", "Learning", "Playbook", "Postmortem", "Record"),
    "kb.records.time": ("Moment",),
    "kb.recurrence.clusters": ("Cluster",),
    "kb.recurrence.recurrence": ("Near", "Recurrence"),
    "kb.recurrence.repeats": ("Repeat",),
    "kb.review.review": ("Review",),
    "kb.trends.quarter": ("Quarter",),
    "kb.trends.selection": ("Selection",),
    "kb.trends.trends": ("Trends",),
}

# A type checker that saw this function would let every misspelt name pass.
if not TYPE_CHECKING:

    def __getattr__(name):
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that it is looked for once.
        return globals().setdefault(name, getattr(import_module(home), name))

    def __dir__():
        return sorted({*globals(), *__all__})
