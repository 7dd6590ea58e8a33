"""`onetrip archives load`: the archives' index from a CSV file (UTF-8), one line for each holder of a certificate."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloud.adapters import city_keys
from cloud.adapters.sql_database import open_database
from cloud.matters.archives.records import Certificates
from cloud.ports import BadFile, Tokens
from contract.events.envelope import explain
from contract.lookups import CertificateKind, Status


class Line(BaseModel):
    """`number`: the holder's, of which only a token is kept. `county`: GB/T 2260."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,64}$")]
    number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{4,32}$")]
    kind: CertificateKind
    year: Annotated[int, Field(ge=1900, le=2200)]
    county: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    office: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,64}$")]
    status: Status


def load_file(file: Path, records: str, person_key: Path) -> int:
    """How many lines. Raises BadFile, RecordsUnavailable, OSError; then nothing was loaded."""
    tokens = city_keys.PersonKey(city_keys.read(person_key))
    engine = open_database(records)
    try:
        return Certificates(engine).load(rows(file, tokens))
    finally:
        engine.dispose()


def rows(file: Path, tokens: Tokens) -> Iterator[dict[str, Any]]:
    """Raises BadFile, which names the line but no value of it."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, restkey="more columns than the head has")
        head = list(Line.model_fields)
        try:
            if sorted(reader.fieldnames or ()) != sorted(head):
                raise BadFile(f"{file}: the first line must name the columns: {','.join(head)}")
            for cells in reader:
                line = Line.model_validate(cells)
                yield {"person": tokens.of(line.number), **line.model_dump(exclude={"number"})}
        except ValidationError as wrong:
            raise BadFile(f"{file}, line {reader.line_num}: {explain(wrong)}") from None
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise BadFile(f"{file}, after line {reader.line_num}: no CSV in UTF-8: {wrong}") from None
