"""Afteraction: an organization's memory of failure.

`load` reads a knowledge base and returns its catalogue:

    import kb

    catalogue = kb.load("path/to/knowledge-base")
    for incident in catalogue.incidents:
        print(incident.id, incident.severity, incident.lasted)
    for finding in catalogue.findings:
        print(finding.place, finding.code, finding.message)

Everything named in `__all__` is public and documented; what it returns is immutable.
"""

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

__version__ = "0.1.0"

__all__ = [
    "CODES",
    "SITE_MARK",
    "Action",
    "Asset",
    "Catalogue",
    "Code",
    "Config",
    "Finding",
    "Freshness",
    "KbError",
    "Learning",
    "Level",
    "Link",
    "Moment",
    "Page",
    "Playbook",
    "Postmortem",
    "Promise",
    "Record",
    "Site",
    "Style",
    "Topic",
    "find_root",
    "load",
]
