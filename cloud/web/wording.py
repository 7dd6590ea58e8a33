"""The words of a kind of case, put together: of its states, steps, fields and choices."""

from collections.abc import Mapping

from contract.words import Words


def words(
    kind: str,
    name: Words,
    *,
    states: Mapping[str, Words],
    steps: Mapping[str, Words],
    fields: Mapping[str, Words] | None = None,
    choices: Mapping[str, Words] | None = None,
) -> dict[str, Words]:
    """Keys `kind`, `kind.state.s`, `kind.step.s`, `kind.field.f`, `kind.choice.c`."""
    told = {kind: name}
    for part, of_part in (("state", states), ("step", steps), ("field", fields or {}), ("choice", choices or {})):
        told |= {f"{kind}.{part}.{key}": text for key, text in of_part.items()}
    return told
