"""What lies beside the tables in a folder: `datapackage.json`, which says what each file and column is.

It follows the Data Package standard (frictionlessdata.io, version 1), so other programs read it, and it tells a folder of ours.
Compromise: times are plain text there, because some are known only by their day.
"""

import json
import re
from types import MappingProxyType
from typing import Any

from kb.exchange.table import VERSION, Export, Filled, Type

NAME = "datapackage.json"
# The property that only an export of ours has.
_OURS = "afteraction"

_TYPES = MappingProxyType(
    {
        Type.TEXT: "string",
        Type.INTEGER: "integer",
        Type.NUMBER: "number",
        Type.BOOLEAN: "boolean",
        Type.DATE: "date",
    }
)


def content(export: Export, form: str) -> bytes:
    """Return the file's content, in UTF-8. `form` is how the files end: csv or parquet."""
    described = {
        "profile": "data-package",
        "name": "afteraction-export",
        _OURS: {"version": VERSION, "format": form, "today": export.today.isoformat()},
        "resources": [_resource(export, table, form) for table in export.tables],
    }
    return f"{json.dumps(described, indent=1, ensure_ascii=False)}\n".encode()


def _resource(export: Export, table: Filled, form: str) -> dict[str, Any]:
    fields = [{"name": c.name, "type": _TYPES[c.type], "description": c.description} for c in table.columns]
    references = [
        {"fields": name, "reference": {"resource": other, "fields": first}}
        for name, other, first in export.references(table)
    ]
    return {
        "name": table.name,
        "description": table.table.description,
        "path": f"{table.name}.{form}",
        "format": form,
        **({"profile": "tabular-data-resource", "encoding": "utf-8"} if form == "csv" else {}),
        "schema": {"fields": fields, "primaryKey": list(table.table.key), "foreignKeys": references},
    }


def read(written: bytes) -> tuple[str, frozenset[str]]:
    """Read the `datapackage.json` of a folder.

    Returns:
        How the files of the export end, and the names of all that belong to it; "" and none where it is no export of ours.
    """
    try:
        said = json.loads(written)
        form = str(said[_OURS]["format"])
        paths = {str(resource["path"]) for resource in said["resources"]}
    except (ValueError, LookupError, TypeError, RecursionError):
        return "", frozenset()
    # It is a file that anybody may have changed: no other name is taken for one of ours.
    return form, frozenset({NAME, *(path for path in paths if re.fullmatch(rf"[a-z_]+\.{re.escape(form)}", path))})
