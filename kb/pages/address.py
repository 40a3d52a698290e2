"""Where each page lies, and how one page links to another.

A record's address is its kind and its id, so that moving a file between folders breaks no link. Links are relative to the
top of the site, written with as many `../` as the page is deep: the site works at any place, also from a folder on disk.
Compromise: such a link is a few bytes longer than the shortest one.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from kb.catalogue.catalogue import Topic
from kb.records.model import Record
from kb.text import slug

if TYPE_CHECKING:
    from kb.recurrence.clusters import Cluster
    from kb.trends.quarter import Quarter

SECTIONS = {"postmortem": "incidents", "playbook": "playbooks", "learning": "learnings"}
TOPIC_SECTIONS = {"service": "services", "team": "teams", "cause": "causes", "organization": "organizations"}
CLUSTERS = "clusters"
TRENDS = "trends"
REVIEWS = "reviews"

# What lists are called, and how many bytes every file system takes in a name, with room for an ending.
_TAKEN = re.compile(r"index|page-\d+")
_LONGEST = 200


def segment(name: str) -> str:
    """Return a name as one segment of an address: its slug, unless a list has that one or it is too long for a file."""
    found = slug(name)
    if len(found.encode()) > _LONGEST:
        found = f"{found.encode()[: _LONGEST - 13].decode(errors='ignore')}-{sha256(found.encode()).hexdigest()[:12]}"
    # No slug ends with a hyphen, so this is nobody else's.
    return f"{found}-" if _TAKEN.fullmatch(found) else found


def record_uri(record: Record) -> str:
    """Return the uri of a record's page, without an ending."""
    return uri_of(record.kind_of_record, record.id)


def uri_of(kind: str, record_id: str) -> str:
    """Return the uri of the page of the record of this kind and id."""
    return f"{SECTIONS[kind]}/{segment(record_id)}"


def reference_uri(record: Record, action: str) -> str:
    """Return the uri of what `<record>#<action>` means: the action on the record's page, else the page."""
    known = {promised.id for promised in record.promised if promised.id}
    return record_uri(record) + (f"#action-{slug(action)}" if action in known else "")


def alias_uri(record: Record, alias: str) -> str:
    """Return the uri that a record's page had under an earlier id."""
    return f"{SECTIONS[record.kind_of_record]}/{segment(alias)}"


def topic_uri(topic: Topic) -> str:
    """Return the uri of a topic's page."""
    return f"{TOPIC_SECTIONS[topic.kind]}/{segment(topic.slug)}"


def cluster_uri(cluster: "Cluster") -> str:
    """Return the uri of a cluster's page."""
    return f"{CLUSTERS}/{segment(cluster.id)}"


def review_uri(quarter: "Quarter") -> str:
    """Return the uri of the page of a quarter's review."""
    return f"{REVIEWS}/{quarter}"


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
        """Return the address of a page, relative to the top of the site. What stands behind a `#` stays there."""
        page, mark, anchor = uri.partition("#")
        if not self.directories:
            return f"{page}.html{mark}{anchor}"
        is_index = page == "index" or page.endswith("/index")
        return (page.removesuffix("index") if is_index else f"{page}/") + mark + anchor

    def top(self, uri: str) -> str:
        """Return the way from a page to the top of the site: "./", "../", "../../" and so on."""
        return "../" * self.url(uri).count("/") or "./"
