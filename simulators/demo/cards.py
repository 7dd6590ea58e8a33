"""Lays a made-up card on each kiosk's reader every few seconds, for whoever tries the pages without having one."""

import threading
from functools import partial
from random import Random

from simulators.bench import Bench
from simulators.devices.id_card_reader import IdCardReader
from simulators.facilities.kiosk import READER
from simulators.people import make_person

_EVERY_S, _LIES_S = 8.0, 2.0


class Cards:
    def __init__(self, bench: Bench, seed: int) -> None:
        self._bench, self._rng = bench, Random(f"{seed} cards")
        self._readers = [
            port.model
            for port in bench.ports
            if isinstance(port.model, IdCardReader) and port.port.devices[0].id == READER
        ]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cards", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_S - _LIES_S):
            for reader in self._readers:
                self._bench.do(partial(reader.present, make_person(self._rng)))
            self._stopping.wait(_LIES_S)
            for reader in self._readers:
                self._bench.do(reader.remove)
