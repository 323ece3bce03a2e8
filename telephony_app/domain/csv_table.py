"""Tables as programs for spreadsheets write and read them, without trusting what is in them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

MOST_ROWS = 20_000
MOST_BYTES = 16 * 1024 * 1024
MOST_COLUMNS = 100

_DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTE = "'"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of the line where it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


def decoded(data: bytes | str) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, else the Cyrillic of Windows.

    Raises `Wrong`.
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    if len(data) > MOST_BYTES:
        raise Wrong(_("The file is larger than {most} megabytes."), most=MOST_BYTES // 1024**2)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(data, "cp1251")


def read_table(data: bytes | str) -> list[Row]:
    """Return the rows below the first line, which names the columns; empty rows are left out.

    Comma, semicolon and tab part cells, whichever the first line has most of. Raises `Wrong`.
    """
    text = decoded(data)
    if "\0" in text:
        raise Wrong(_("This is no table: there are zero bytes in it."))
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(_rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise Wrong(_("The table cannot be read: {cause}."), cause=str(error)[:120]) from error


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; no cell is taken for a formula by who opens it."""
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if line.tell() > 65_536:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet works out, with an apostrophe before what looks so."""
    is_quoted = cell.startswith(_QUOTE) and cell[1:].startswith((*_FORMULA, _QUOTE))
    return _QUOTE + cell if cell.startswith(_FORMULA) or is_quoted else cell


def original(cell: str) -> str:
    """Return what `harmless` was given."""
    if cell.startswith(_QUOTE) and cell[1:].startswith((*_FORMULA, _QUOTE)):
        return cell[1:]
    return cell


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Wrong(_("The file is text in no known encoding; save it as UTF-8.")) from error


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    header: list[str] = []
    found = 0
    begins = 1
    for cells in reader:
        line, begins = begins, reader.line_num + 1  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells)
            continue
        found += 1
        if found > MOST_ROWS:
            raise Wrong(_("A table has {most} rows at most."), most=MOST_ROWS)
        if any(cell.strip() for cell in cells[len(header) :]):
            raise Wrong(_("Line {line} has more cells than there are columns."), line=line)
        padded = [*cells, *[""] * len(header)]
        yield Row(line, dict(zip(header, map(_cell, padded), strict=False)))
    if not header:
        raise Wrong(_("The table is empty."))


def _cell(cell: str) -> str:
    return original(cell.strip())


def _header(cells: Sequence[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    while not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise Wrong(_("A table has {most} columns at most."), most=MOST_COLUMNS)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Wrong(_("There are two columns “{name}”."), name=twice[0][:40])
    return names
