"""`kb.toml`: where records lie, what their fields and words are called, which findings matter.

An organization's own names are mapped here and nowhere else; the rest of the code sees only the standard ones.
Compromise: an unknown key stops the command instead of being kept, because a misspelt setting that is silently ignored
is worse than one that must be corrected.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from kb.errors import KbError
from kb.finding import CODES, Level
from kb.text import did_you_mean, word

NAME = "kb.toml"
KINDS = ("postmortem", "playbook", "learning")

Kind = Literal["postmortem", "playbook", "learning"]

# The lists of words, by the name that `[lists]` and `[words]` use. A list that is empty accepts any word.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "status": ("draft", "in_review", "published"),
        "severity": ("sev1", "sev2", "sev3", "sev4", "sev5"),
        "causes": (
            "misconfiguration",
            "hardware",
            "code_change",
            "insufficient_resource",
            "payload_flood",
            "excessive_flow",
            "contention",
            "third_party",
            "exception_handling",
            "component_removal",
            "incompatibility",
            "other_internal",
            "unknown",
        ),
        "trigger": (
            "binary_push",
            "config_push",
            "user_behaviour",
            "pipeline",
            "provider_change",
            "performance_decay",
            "capacity",
            "hardware",
        ),
        "detection": ("alert", "customer", "staff", "test", "provider"),
        "timeline": ("observation", "decision", "action", "communication"),
        "safeguards": (
            "canary",
            "blue_green",
            "rolling_deployment",
            "feature_toggle",
            "rollback",
            "rate_limit",
            "circuit_breaker",
            "backup",
            "alert",
            "review",
            "test",
        ),
        "safeguard_verdict": ("worked", "failed", "missing"),
        "playbook_verdict": ("helped", "outdated", "missing"),
        "action_kind": ("prevent", "detect", "mitigate", "process"),
        "capa": ("corrective", "preventive"),
        "action_status": ("proposed", "accepted", "in_progress", "done", "declined"),
        "learning": ("lesson", "pattern", "pre_mortem", "game_day", "chaos_experiment", "review"),
        "style": ("active_failure", "tabletop"),
        "audience": (),
        "priority": (),
        "services": (),
        "teams": (),
    }
)

# What the words mean that do not say it themselves. Triggers are those of the Google SRE Workbook (appendix C), causes those of
# the ISSRE 2022 collection of cloud incidents; how they are told apart is said here in words of our own.
MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "trigger": {
            "binary_push": "a new version of a program",
            "config_push": "a change of configuration, of a rule, or of data that a program reads as such",
            "user_behaviour": "what people outside did: a peak, an unusual input, an attack",
            "pipeline": "a job, or data that flows from one program to the next",
            "provider_change": "something that a provider or a standard outside changed",
            "performance_decay": "what came nearer by itself: a leak, growth, a date that arrived",
            "capacity": "capacity added, removed or used up",
            "hardware": "a machine, a cable, power or cooling",
        },
        "causes": {
            "misconfiguration": "a setting, rule or command that said something else than was meant, or did not fit",
            "hardware": "a part that broke, lost power or overheated",
            "code_change": "a fault that a change of code brought in",
            "insufficient_resource": "too little memory, disk, threads, identifiers or machines for what had to be expected",
            "payload_flood": "traffic that was meant to overwhelm",
            "excessive_flow": "more requests, retries or messages than the system bears, with nobody meaning harm",
            "contention": "parts that wait for the same lock, connection or processor",
            "third_party": "a provider, a library or a network of others",
            "exception_handling": "an error or an unusual input that the program did not survive",
            "component_removal": "something taken away that was still needed",
            "incompatibility": "two parts or versions that do not understand each other",
            "other_internal": "another cause of one's own, such as an old flaw of design or procedure",
            "unknown": "looked for and not found, or not published",
        },
        "action_kind": {
            "prevent": "it does not happen",
            "detect": "it is noticed sooner",
            "mitigate": "it hurts less, or ends sooner",
            "process": "people work differently",
        },
        "capa": {"corrective": "this fault, here", "preventive": "faults of its kind"},
    }
)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Folders(_Section):
    """Which folders hold which kind of record, relative to kb.toml."""

    postmortem: Names = ("postmortems",)
    playbook: Names = ("playbooks",)
    learning: Names = ("learnings",)

    @model_validator(mode="after")
    def _each_once(self) -> "Folders":
        seen: set[str] = set()
        for folder in (*self.postmortem, *self.playbook, *self.learning):
            if os.path.normpath(folder) in seen:
                raise ValueError(f"the folder `{folder}` is named twice; its records would be, too")
            seen.add(os.path.normpath(folder))
        return self


class Fields(_Section):
    """For each kind: our field name -> the names to read it from (dots reach into mappings)."""

    postmortem: dict[str, Names] = Field(default_factory=dict)
    playbook: dict[str, Names] = Field(default_factory=dict)
    learning: dict[str, Names] = Field(default_factory=dict)


class Time(_Section):
    """How times without an offset are read."""

    zone: str | None = None

    @field_validator("zone")
    @classmethod
    def _exists(cls, zone: str | None) -> str | None:
        try:
            ZoneInfo(zone or "UTC")
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("is no time zone of the IANA database, such as `Europe/Copenhagen`") from error
        return zone


class Clusters(_Section):
    """What people say of clusters of incidents."""

    names: dict[str, str] = Field(default_factory=dict)


class Config(_Section):
    """The whole of kb.toml, with defaults for what it leaves out."""

    folders: Folders = Folders()
    fields: Fields = Fields()
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    time: Time = Time()
    levels: dict[str, Level] = Field(default_factory=dict)
    clusters: Clusters = Clusters()
    mechanisms: dict[str, Names] = Field(default_factory=dict)
    docs: str = "docs"

    @field_validator("words", "lists")
    @classmethod
    def _known_lists(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in WORDS:
                raise ValueError(
                    f"there is no list `{name}`; {did_you_mean(name, WORDS) or 'lists: ' + ', '.join(WORDS)}"
                )
        return value

    @field_validator("levels")
    @classmethod
    def _known_codes(cls, value: dict[str, Level]) -> dict[str, Level]:
        for name in value:
            if name not in CODES:
                raise ValueError(
                    f"there is no finding `{name}`; {did_you_mean(name, CODES) or 'kb check --help lists them'}"
                )
        return value

    def level(self, code: str) -> Level:
        """Return how much a finding of this code weighs here."""
        return self.levels.get(code, CODES[code].level)

    def words_of(self, name: str) -> tuple[str, ...]:
        """Return the list `name`: the defaults, or `[lists]` with "..." standing for them."""
        listed = self.lists.get(name)
        if listed is None:
            return WORDS[name]
        return tuple(w for entry in listed for w in (WORDS[name] if entry == "..." else (word(entry),)))

    def translations(self, name: str) -> dict[str, str]:
        """Return `[words.NAME]`, from the organization's word to ours, both as `kb.text.word` writes them."""
        return {word(theirs): word(ours) for theirs, ours in self.words.get(name, {}).items()}


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds kb.toml.

    Raises:
        KbError: there is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder
    raise KbError(
        f"no {NAME} in {start} or above it", hint="`kb init` starts a knowledge base; `kb -C DIR` names its folder."
    )


def load_config(root: Path) -> Config:
    """Read `root/kb.toml`.

    Raises:
        KbError: the file is missing, is no TOML, or holds a setting that does not exist.
    """
    path = root / NAME
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError as error:
        raise KbError(f"no {NAME} in {root}", hint="`kb init` starts a knowledge base.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise KbError(f"cannot be read: {error}", path=NAME, hint="See https://toml.io for its form.") from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise KbError(_said(first["loc"], first["type"], first["msg"]), path=NAME) from error


def _said(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(str(part) for part in loc if part != "[key]")
    if kind == "extra_forbidden":
        known = (
            Config.model_fields
            if len(loc) == 1
            else {f for s in (Folders, Fields, Time, Clusters) for f in s.model_fields}
        )
        return "; ".join(filter(None, [f"there is no setting `{name}`", did_you_mean(str(loc[-1]), known)]))
    return f"`{name}`: {message.removeprefix('Value error, ')}"
