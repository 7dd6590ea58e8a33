"""The JSON Schema of the facility file, for editors that know TOML (Taplo, Even Better TOML)."""

import json

from edge.settings.errors import file_schema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    return json.dumps({"$schema": _DIALECT, **file_schema()}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
