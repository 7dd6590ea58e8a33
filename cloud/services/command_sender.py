"""Sends waiting commands to their facilities, again and again until an event answers them or they expire."""

import logging
import threading
from collections.abc import Callable

from cloud.ports import CommandBox, RecordsUnavailable
from contract.command import command_metric
from contract.sparkplug.commands import node_command
from contract.sparkplug.topics import Publish

_EVERY_S = 0.2
_REPEAT_AFTER_MS = 3000
log = logging.getLogger(__name__)


class CommandSender:
    def __init__(self, box: CommandBox, publish: Callable[[Publish], None], clock: Callable[[], int]) -> None:
        self._box, self._publish, self._clock = box, publish, clock

    def run(self, stopping: threading.Event) -> None:
        failing = False
        while not stopping.wait(_EVERY_S):
            try:
                self.send_due()
                failing = False
            except RecordsUnavailable as error:
                if not failing:
                    log.warning("commands wait: %s", error)
                failing = True

    def send_due(self) -> None:
        now_ms = self._clock()
        for area, facility, command in self._box.due(now_ms, _REPEAT_AFTER_MS):
            self._publish(node_command(area, facility, [command_metric(command, now_ms)], now_ms))
