"""What happens at the kiosk's own devices, from the field process's control socket, on a thread of its own."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from edge.adapters.control_client import ControlClient, NoFieldProcess, Refused

_AGAIN_S = 0.5
log = logging.getLogger(__name__)

OnHappened = Callable[[str, str, Mapping[str, Any]], None]
"""device, what, values: of one occurrence."""


class FieldFeed:
    """`on_standing`: told of each device whether its port is open; all are closed while nobody answers."""

    def __init__(
        self,
        client: ControlClient,
        devices: Collection[str],
        on_happened: OnHappened,
        on_standing: Callable[[str, bool], None],
    ) -> None:
        self._client, self._devices = client, sorted(set(devices))
        self._on_happened, self._on_standing = on_happened, on_standing
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="field feed", daemon=True)

    def start(self) -> None:
        if self._devices:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._devices:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except (NoFieldProcess, Refused, OSError, ValueError) as error:
                log.info("kiosk devices: %s", error)
            for device in self._devices:
                self._on_standing(device, False)
            self._stopping.wait(_AGAIN_S)

    def _follow(self) -> None:
        for told in self._client.follow({"do": "present", "devices": self._devices}):
            if self._stopping.is_set():
                return
            if "is_open" in told:
                self._on_standing(str(told["device"]), bool(told["is_open"]))
            elif "what" in told:
                try:
                    self._on_happened(str(told["device"]), str(told["what"]), told["values"])
                except Exception:  # what one occurrence breaks must not make the kiosk deaf
                    log.exception("kiosk: %s at %s", told["what"], told["device"])


class FieldDevices:
    """Lets a device of the field process act."""

    def __init__(self, client: ControlClient) -> None:
        self._client = client

    def photo(self, device: str) -> str:
        """The photo of the card that was read last, base64; "" for none, or when nobody answers."""
        try:
            return str(self._client.ask({"do": "photo", "device": device})["photo"])
        except (OSError, ValueError) as error:
            log.info("kiosk: no card photo: %s", error)
            return ""

    def act(self, device: str, action: str, **arguments: str | int) -> None:
        """Raises OSError when nobody answers, ValueError when it is refused."""
        self._client.ask({"do": "act", "device": device, "action": action, "arguments": arguments})
