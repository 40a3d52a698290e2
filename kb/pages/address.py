"""Where each page lies, and how one page links to another.

A record's address is its kind and its id, so that moving a file between folders breaks no link. Links are relative to the
top of the site, written with as many `../` as the page is deep: the site works at any place, also from a folder on disk.
Compromise: such a link is a few bytes longer than the shortest one.
"""

from dataclasses import dataclass

from kb.catalogue.catalogue import Topic
from kb.records.model import Record
from kb.text import slug

SECTIONS = {"postmortem": "incidents", "playbook": "playbooks", "learning": "learnings"}
TOPIC_SECTIONS = {"service": "services", "team": "teams", "cause": "causes", "organization": "organizations"}


def record_uri(record: Record) -> str:
    """Return the uri of a record's page, without an ending."""
    return f"{SECTIONS[record.kind_of_record]}/{slug(record.id)}"


def alias_uri(record: Record, alias: str) -> str:
    """Return the uri that a record's page had under an earlier id."""
    return f"{SECTIONS[record.kind_of_record]}/{slug(alias)}"


def topic_uri(topic: Topic) -> str:
    """Return the uri of a topic's page."""
    return f"{TOPIC_SECTIONS[topic.kind]}/{topic.slug}"


def file_uri(path: str) -> str:
    """Return the uri of an attachment, given its path in the knowledge base."""
    return "files/" + path.replace("../", "")


def nth(uri: str, number: int) -> str:
    """Return the uri of the n-th part, from 1, of a list that is cut into several pages."""
    if number == 1:
        return uri
    base = uri.removesuffix("/index") if uri.endswith("/index") else uri
    return f"{base}/page-{number}"


@dataclass(frozen=True, slots=True)
class Style:
    """How uris become addresses: `incidents/x/` with directory addresses, else `incidents/x.html`."""

    directories: bool = True

    def url(self, uri: str) -> str:
        """Return the address of a page, relative to the top of the site."""
        if not self.directories:
            return f"{uri}.html"
        return uri.removesuffix("index") if uri == "index" or uri.endswith("/index") else f"{uri}/"

    def top(self, uri: str) -> str:
        """Return the way from a page to the top of the site: "./", "../", "../../" and so on."""
        return "../" * self.url(uri).count("/") or "./"
