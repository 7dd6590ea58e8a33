"""A commissioning in the terminal: its steps one below the other, each with what to do or what was found."""

import threading
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from edge.services.commissioning import Commissioning, Step, Stopped

SHAPES = {"running": "…", "needs_person": "◆ 请操作 you", "passed": "✓ 通过 passed", "failed": "▲ 未过 failed",
          "not_possible": "▬ 现在不行 not now", "not_done": "– 未做 not done"}  # fmt: skip


class CommissionScreen(ModalScreen[None]):
    CSS = """
    CommissionScreen { background: $surface; }
    #title { height: 1; background: $panel; }
    .step { height: auto; padding: 0 1; }
    #outcome { height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "answer(True)", "是 Yes"),
        ("n", "answer(False)", "否 No"),
        ("escape", "leave", "返回 Back"),
    ]

    def __init__(self, device: str, make: Callable[[], Commissioning]) -> None:
        """`make` may raise ValueError, OSError."""
        super().__init__()
        self._device, self._make = device, make
        self._commissioning: Commissioning | None = None
        self.asked = False
        self.outcome = ""

    def compose(self) -> ComposeResult:
        yield Static(f"验收 Commission {self._device}", id="title", markup=False)
        with VerticalScroll():
            yield Static("", id="outcome", markup=False)
        yield Footer(compact=True)

    def on_mount(self) -> None:
        threading.Thread(target=self._work, name="commissioning", daemon=True).start()

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - bound to keys
        if self._commissioning and self.asked:
            self.asked = False
            self._commissioning.answer(yes=yes)

    def action_leave(self) -> None:
        if self._commissioning:
            self._commissioning.stop()
        self.app.pop_screen()

    def on_unmount(self) -> None:
        if self._commissioning:
            self._commissioning.stop()

    def _work(self) -> None:
        try:
            self._commissioning = commissioning = self._make()
            for step in commissioning.run():
                self._tell(step)
        except Stopped:
            return
        except (ValueError, OSError) as error:
            self._on_ui(self._end, f"▲ {error}")
            return
        self._on_ui(self._end, "✓ 验收通过 passed" if commissioning.passed else "▲ 验收未通过 NOT passed")

    def _tell(self, step: Step) -> None:
        self._on_ui(self._show, step)

    def _on_ui(self, call: Callable[..., object], *arguments: object) -> None:
        if self.is_attached and self.app.is_running:
            self.app.call_from_thread(call, *arguments)

    async def _show(self, step: Step) -> None:
        zh, en = step.title
        text = f"{SHAPES[step.state]}  {zh} {en}"
        if step.state != "running":
            problem = f"{step.problem}: " if step.problem else ""
            text += f"\n   {problem}{step.zh}\n   {step.en}"
        if step.question:
            self.asked = True
            text += "\n   按 y 或 n  press y or n"
        shown = self.query(f"#step-{step.name}").results(Static)
        if (one := next(iter(shown), None)) is not None:
            one.update(text)
        else:
            one = Static(text, id=f"step-{step.name}", classes="step", markup=False)
            await self.query_one(VerticalScroll).mount(one, before="#outcome")
        self._to_the_end()

    def _end(self, outcome: str) -> None:
        self.outcome = outcome
        self.query_one("#outcome", Static).update(f"{outcome}\n   Esc 返回 back")
        self._to_the_end()

    def _to_the_end(self) -> None:
        steps = self.query_one(VerticalScroll)
        self.call_after_refresh(steps.scroll_end, animate=False)
