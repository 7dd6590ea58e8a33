"""What the running agent says, kept up to date by threads that go on trying while it is away."""

import contextlib
import threading
from collections import deque
from typing import Any

from edge.adapters.control_client import ControlClient, NoFieldProcess

_LOOK_S = 1.0
_RETRY_S = 1.0
_KEPT = 2000  # lines that a paused or slow screen may lag behind
_OURS = (OSError, ValueError, KeyError)  # gone, refused while it starts, half a line


class Feed:
    def __init__(self, client: ControlClient) -> None:
        self._client = client
        self._stopping = threading.Event()
        self._lines: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.status: dict[str, Any] | None = None  # the newest, also while nobody answers
        self.trouble = "…"  # why nobody answers; "" while somebody does

    def start(self) -> None:
        for work in (self._look, self._watch):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def take(self) -> list[dict[str, Any]]:
        """The lines since the last call, as far as they are kept."""
        taken = []
        with contextlib.suppress(IndexError):
            while True:
                taken.append(self._lines.popleft())
        return taken

    def _look(self) -> None:
        while not self._stopping.is_set():
            try:
                self.status, self.trouble = self._client.ask({"do": "status"}), ""
            except NoFieldProcess as error:
                self.trouble = str(error)
            except _OURS as error:
                self.trouble = f"{error}"
            self._stopping.wait(_LOOK_S)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(*_OURS), contextlib.closing(_follow(self._client)) as lines:
                for line in lines:
                    if self._stopping.is_set():
                        return
                    if line:
                        self._lines.append(line)
            self._stopping.wait(_RETRY_S)


def _follow(client: ControlClient) -> Any:
    return client.follow({"do": "watch", "where": "*"})
