"""A member of staff who works through the open alarms by the cloud's API, as the duty desk would."""

import threading
import time

import httpx

from simulators.demo.watchers import Watch

_NEXT = {"raised": "acknowledge", "acknowledged": "attend", "attended": "close"}
_PAUSE_S = 1.5
_ASK_AGAIN_S = 5.0


class Nurse:
    def __init__(self, url: str, watch: Watch) -> None:
        self._url, self._watch = url, watch
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nurse", daemon=True)
        self._due: dict[tuple[str, str], float] = {}  # (alarm, state) -> when to take the next step
        self.asked = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        with httpx.Client(timeout=3) as client:
            while not self._stopping.wait(0.2):
                for alarm in self._watch.open_alarms():
                    self._look_after(client, alarm["id"], alarm["state"])

    def _look_after(self, client: httpx.Client, alarm: str, state: str) -> None:
        due = self._due.setdefault((alarm, state), time.monotonic() + _PAUSE_S)
        if time.monotonic() < due:
            return
        self._due[alarm, state] = time.monotonic() + _ASK_AGAIN_S
        try:
            client.post(f"{self._url}/api/alarms/{alarm}/{_NEXT[state]}", json={"by": "duty-nurse"}).raise_for_status()
            self.asked += 1
        except httpx.HTTPError:
            return  # the cloud is away for a moment; asked again
