"""What somebody typed into a form that could not be taken: it stands there again, so that nobody types a reason twice.

A password never does.
"""

from collections.abc import Mapping

_NEVER = ("password", "csrf")


class Given:
    """`form`: which of a page's forms it was, as its address names it. Without one, every form is empty."""

    def __init__(self, form: str = "", fields: Mapping[str, str] | None = None) -> None:
        self._form = form
        self._fields = {name: text for name, text in (fields or {}).items() if not name.endswith(_NEVER)}

    def was(self, form: str, **same: str) -> bool:
        """`same`: fields that tell apart two forms with one address."""
        return form == self._form and all(self._fields.get(name) == value for name, value in same.items())

    def __call__(self, form: str, name: str, **same: str) -> str:
        """The text of a field, "" where there is none."""
        return self._fields.get(name, "") if self.was(form, **same) else ""
