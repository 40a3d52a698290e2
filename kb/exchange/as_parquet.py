"""A table as Parquet, for programs that analyse: typed columns that carry their descriptions.

PyArrow writes it, an optional part of the installation (`afteraction[parquet]`). Compromise: its version is in the file, so two
versions give different bytes, though the same rows.
"""

from importlib import import_module
from typing import Any

from kb.errors import KbError
from kb.exchange.table import VERSION, Export, Filled, Type


def content(table: Filled, export: Export) -> bytes:
    """Return the file's content.

    Raises:
        KbError: PyArrow is not installed.
    """
    pa = arrow()
    columns = [
        pa.array([row[place] for row in table.rows], _type(pa, column.type))
        for place, column in enumerate(table.columns)
    ]
    about = {"description": table.table.description, "version": str(VERSION), "today": export.today.isoformat()}
    schema = pa.schema(
        [
            pa.field(column.name, _type(pa, column.type), metadata={"description": column.description})
            for column in table.columns
        ],
        metadata={f"afteraction.{name}": said for name, said in about.items()},
    )
    sink = pa.BufferOutputStream()
    import_module("pyarrow.parquet").write_table(pa.Table.from_arrays(columns, schema=schema), sink)
    return bytes(sink.getvalue())


def arrow() -> Any:
    """Return PyArrow.

    Raises:
        KbError: it is not installed.
    """
    try:
        return import_module("pyarrow")
    except ImportError as error:
        hint = "`pip install 'afteraction[parquet]'` installs it; `kb export csv` and `sqlite` need nothing more."
        raise KbError("Parquet files are written by pyarrow, which is not installed", hint=hint) from error


def _type(pa: Any, kind: Type) -> Any:
    match kind:
        case Type.TEXT:
            return pa.string()
        case Type.INTEGER:
            return pa.int64()
        case Type.NUMBER:
            return pa.float64()
        case Type.BOOLEAN:
            return pa.bool_()
    return pa.date32()
