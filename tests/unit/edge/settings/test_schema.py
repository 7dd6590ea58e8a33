"""The schema that editors use is the one that the box uses, and the committed copy is up to date."""

import json
from typing import Any

from edge.settings import Profile, schema_text
from tests.architecture.tree import ROOT


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ROOT / "docs/facility.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "write it again: onetrip schema > docs/facility.schema.json"


def test_every_key_is_described_for_who_writes_the_file() -> None:
    schema = json.loads(schema_text())
    tables: dict[str, Any] = {"Profile": schema, **schema["$defs"]}
    bare = [
        f"{name}.{key}"
        for name, table in tables.items()
        for key, about in table["properties"].items()
        if "description" not in about and name != "Profile"
    ]
    assert bare == []
    assert set(schema["properties"]) == set(Profile.model_fields)


def test_it_says_what_is_allowed() -> None:
    schema = json.loads(schema_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["facility", "store"]
    assert schema["$defs"]["Facility"]["properties"]["kind"]["enum"][0] == "marriage_office"
