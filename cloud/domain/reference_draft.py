"""A reference file (参考数据文件), as a department hands it in: JSON, see docs/reference-data.md.

The publisher adds which facility it is for, the version and, where the file does not say it, the time.
"""

import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from contract.events.envelope import explain
from contract.reference_rows import ROWS, Dataset, Label, Row


class BadReferenceFile(ValueError):
    """The file cannot be published; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`facility` "": whoever publishes says for whom. `as_of_ms` None: it was made when it is published."""

    dataset: str
    source: Label
    rows: tuple[Row, ...]
    facility: str = ""
    as_of_ms: int | None = None
    valid_for_s: int | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    dataset: Dataset
    source: Label
    rows: list[JsonValue]
    facility: Annotated[str, Field(max_length=64)] = ""
    as_of: AwareDatetime | None = None
    valid_for_s: Annotated[int, Field(ge=1)] | None = None


def read_draft(text: bytes) -> Draft:
    """Raises BadReferenceFile."""
    try:
        file = _File.model_validate_json(text)
    except ValidationError as wrong:
        raise BadReferenceFile(explain(wrong)) from None
    return Draft(
        file.dataset,
        file.source,
        tuple(_row(file.dataset, number, row) for number, row in enumerate(file.rows, start=1)),
        file.facility,
        round(file.as_of.timestamp() * 1000) if file.as_of else None,
        file.valid_for_s,
    )


def _row(dataset: str, number: int, row: JsonValue) -> Row:
    try:
        return ROWS[dataset].model_validate_json(json.dumps(row))
    except ValidationError as wrong:
        raise BadReferenceFile(f"row {number}: {explain(wrong)}") from None
