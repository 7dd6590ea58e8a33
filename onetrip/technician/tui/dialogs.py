"""Dialogs: a form of a few fields, and the help."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static


class Field(NamedTuple):
    """`choices`: (what is shown, value); then the field is a list to choose from."""

    name: str
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = True
    must_be: str = ""  # the only right answer
    digits: bool = False


class Form(ModalScreen[dict[str, str] | None]):
    """Gives what was filled in, or None."""

    CSS = """
    Form { align: center middle; }
    #form { width: 74; max-width: 100%; height: auto; max-height: 100%; border: round $accent; padding: 0 1; }
    #form Input, #form Select { margin-bottom: 0; }
    #buttons { height: auto; }
    #wrong { color: $error; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "取消 Cancel")]

    def __init__(self, title: str, fields: Sequence[Field], note: str = "") -> None:
        super().__init__()
        self._title, self._fields, self._note = title, fields, note

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form"):
            yield Label(f"[b]{self._title}[/b]")
            if self._note:
                yield Static(self._note, markup=False)
            for field in self._fields:
                yield Label(field.label, markup=False)
                if field.choices:
                    yield Select(list(field.choices), id=field.name, value=field.value or field.choices[0][1],
                                 allow_blank=False, compact=True)  # fmt: skip
                else:
                    yield Input(field.value, id=field.name, compact=True)
            yield Static("", id="wrong", markup=False)
            with Horizontal(id="buttons"):
                yield Button("确定 OK", id="ok", variant="primary", compact=True)
                yield Button("取消 Cancel", id="cancel", compact=True)

    def on_input_submitted(self) -> None:
        self._finish()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "ok":
            self._finish()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _finish(self) -> None:
        filled = {field.name: self._value(field) for field in self._fields}
        for field in self._fields:
            value = filled[field.name]
            missing = field.required and not value
            wrong = (field.must_be and value != field.must_be) or (field.digits and not value.isdecimal())
            if missing or wrong:
                self.query_one("#wrong", Static).update(f"▲ 请填 fill in: {field.label}")
                self.query_one(f"#{field.name}").focus()
                return
        self.dismiss(filled)

    def _value(self, field: Field) -> str:
        if field.choices:
            return str(self.query_one(f"#{field.name}", Select).value)
        return self.query_one(f"#{field.name}", Input).value.strip()


class Help(ModalScreen[None]):
    CSS = """
    Help { align: center middle; }
    #help { width: 74; max-width: 100%; height: auto; max-height: 100%; border: round $accent; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q,enter", "dismiss", "关闭 Close")]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static("\n".join(self._lines), markup=False)
