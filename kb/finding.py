"""Findings: one thing wrong or missing, as a value.

The check, CI, the editor and the site all show the same findings. `CODES` is the one list of what can be found: its
level, what it means and the way out; the reference page, the SARIF rules and the tests read it. Compromise: a finding
names one line, not a range; every format that shows findings can do with a line.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs. An error keeps a record out; a warning fails `--strict`; a hint only informs."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Code:
    """What one kind of finding means. `level` is the default; `kb.toml` may set another."""

    name: str
    level: Level
    meaning: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or missing. `path` is relative to the knowledge base; `line` is 1-based, None for the whole file."""

    code: str
    level: Level
    path: str
    line: int | None
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """`path:line`, as editors and terminals open it."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def order(self) -> tuple[str, int, str, str]:
        """A key that sorts findings by place."""
        return (self.path, self.line or 0, self.code, self.message)


def _codes(*rows: tuple[str, Level, str, str]) -> dict[str, Code]:
    return {name: Code(name, level, meaning, way_out) for name, level, meaning, way_out in rows}


_E, _W, _H = Level.ERROR, Level.WARNING, Level.HINT

CODES = _codes(
    # The file.
    (
        "not-regular",
        _E,
        "The file is a symbolic link that leads out of its folder, or no regular file.",
        "Put the record itself into the folder.",
    ),
    (
        "too-large",
        _E,
        "The file is larger than a record may be (1 MiB).",
        "Move logs and data into an attachment and link to it.",
    ),
    ("unreadable", _E, "The file could not be read.", "Give the build the right to read it."),
    ("not-utf8", _E, "The file is not UTF-8.", "Save it as UTF-8; `iconv -f LATIN1 -t UTF-8` converts Latin-1."),
    (
        "control-character",
        _E,
        "The file holds a control character such as NUL.",
        "Delete the character; what was pasted may be binary.",
    ),
    (
        "byte-order-mark",
        _H,
        "The file begins with a byte order mark.",
        "Save it as UTF-8 without BOM. It is read without the mark.",
    ),
    ("carriage-return", _H, "The file has Windows line ends.", "Save it with LF line ends. It is read as if it had."),
    (
        "hidden-character",
        _W,
        "The text holds a character that reorders or hides what is shown (bidirectional control).",
        "Delete it, unless a right-to-left quotation needs it.",
    ),
    # The frontmatter.
    (
        "no-frontmatter",
        _H,
        "The file has no frontmatter; its title is its first heading.",
        "Begin it with `---`, the fields, and `---`.",
    ),
    (
        "bad-fence",
        _E,
        "The frontmatter's fence is not exactly `---` on a line of its own, or is not closed.",
        "Begin the file with `---`, and end the fields with `---`.",
    ),
    (
        "yaml-syntax",
        _E,
        "The frontmatter is not valid YAML.",
        "Quote values that hold `: ` or ` #`, and indent with spaces.",
    ),
    ("yaml-duplicate-key", _E, "A key stands twice in one mapping.", "Keep one of the two."),
    ("yaml-anchor", _E, "The frontmatter uses YAML anchors or aliases.", "Write the value out."),
    ("yaml-tag", _E, "The frontmatter uses a YAML tag.", "Leave the tag out; quote the value if it must be text."),
    (
        "yaml-depth",
        _E,
        "The frontmatter is nested deeper than any field needs, or holds too many values.",
        "Put long data into the body.",
    ),
    ("yaml-not-a-mapping", _E, "The frontmatter is not a list of `name: value` fields.", "Write one field a line."),
    # The fields.
    (
        "wrong-type",
        _E,
        "A field holds the wrong type of value, such as a list where text belongs.",
        "See the field's shape in the reference.",
    ),
    (
        "bad-time",
        _E,
        "A time or date is not one that exists, or is not ISO 8601.",
        "Write `2017-02-28T09:37:00-08:00` or `2017-02-28`.",
    ),
    (
        "naive-time",
        _W,
        "A time has no offset, and `kb.toml` names no time zone. It is read as UTC.",
        "Add `Z` or `+02:00`, or set `[time] zone` in kb.toml.",
    ),
    (
        "time-order",
        _E,
        "Times contradict each other, such as an end before its start.",
        "Correct the one that is wrong.",
    ),
    (
        "bad-id",
        _E,
        "An id cannot be an address.",
        "Use letters, digits, `.`, `_` and `-`; begin with a letter or digit.",
    ),
    (
        "missing-field",
        _H,
        "A field that readers look for has no value. It is shown as unknown.",
        "Fill it in when it is known.",
    ),
    (
        "unknown-field",
        _H,
        "A field that Afteraction does not know. It is kept and shown as it is.",
        "Map it in kb.toml, or leave it.",
    ),
    ("misspelt-field", _W, "A field that is nearly one that Afteraction knows.", "Correct its name."),
    (
        "unknown-word",
        _H,
        "A word that is not in the list of its field. It is kept and shown.",
        "Use a word of the list, or add or map it in kb.toml.",
    ),
    ("misspelt-word", _W, "A word that is nearly one of the list of its field.", "Correct it."),
    ("duplicate-action", _E, "Two actions of a record have the same id.", "Give one of them another id."),
    # The body.
    (
        "unsafe-html",
        _W,
        "The text holds HTML that could run or disturb the page. It is not published.",
        "Use Markdown, or put the example into a code block.",
    ),
    ("unsafe-link", _W, "A link whose address could run. It is shown as text.", "Link to an http or https address."),
    (
        "remote-picture",
        _H,
        "A picture on another host. The site makes no request to others, so it is shown as a link.",
        "Put the picture beside the record.",
    ),
    ("broken-link", _W, "A relative link to a file that is not there.", "Correct the path."),
    (
        "refused-attachment",
        _W,
        "An attachment of a type that can run in a browser, or whose content is not what its name says. It is not published.",
        "Publish a PNG, JPEG, GIF, WebP, PDF or text file instead.",
    ),
    # The catalogue.
    ("duplicate-id", _E, "Two records have the same id.", "Rename one file, or give it another `id`."),
    ("case-id", _E, "Two ids differ only in case or in how they are written as an address.", "Rename one of them."),
    ("taken-alias", _E, "An alias is the id or an alias of another record.", "Remove the alias from one of them."),
    ("dangling-reference", _W, "A reference to a record that does not exist.", "Correct the id, or write the record."),
    (
        "wrong-kind",
        _W,
        "A reference to a record of another kind than the field is for.",
        "Name a record of the right kind.",
    ),
    (
        "recurrence-order",
        _W,
        "A record is said to repeat one that began later, or itself.",
        "Name the earlier incident.",
    ),
    # What the incidents have in common; `kb check` looks for it, a build does not.
    (
        "suggested-cause",
        _H,
        "An incident names no cause, and its text is nearest to one that others here name.",
        "Write the cause if it is true, `causes: [unknown]` if nobody knows it.",
    ),
    (
        "undeclared-repeat",
        _H,
        "An incident looks like earlier ones, and nobody has said whether it repeats them.",
        "Name each in `recurrence_of` or `related`, or in `not_related` if the likeness misleads.",
    ),
)
