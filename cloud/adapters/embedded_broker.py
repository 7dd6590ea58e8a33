"""An MQTT broker inside this process (amqtt), for the demo and for tests: it keeps nothing over a restart.

That is enough, because no broker's word counts as delivery here (contract.acknowledgement).
"""

import asyncio
import logging
import threading

from amqtt.broker import Broker
from amqtt.errors import BrokerError

_START_S = 15
_WATCH_S = 0.5
log = logging.getLogger(__name__)


class EmbeddedBroker:
    def __init__(self, host: str, port: int) -> None:
        self._config = {
            "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        self._where = f"{host}:{port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="embedded broker", daemon=True)
        self._started, self._stopping = threading.Event(), asyncio.Event()
        self._failure: Exception | None = None

    def start(self) -> None:
        """Returns when it listens. Raises OSError when it cannot."""
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # clients that go away are errors to it
        logging.getLogger("transitions").setLevel(logging.ERROR)
        self._thread.start()
        if not self._started.wait(_START_S) or self._failure:
            raise OSError(f"the embedded broker cannot listen on {self._where}: {self._failure or 'no answer'}")

    def watch(self, stopping: threading.Event) -> None:
        """Until `stopping`. Raises OSError when the broker ends before."""
        while not stopping.wait(_WATCH_S):
            if not self._thread.is_alive():
                raise OSError(f"the embedded broker on {self._where} ended by itself")

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(timeout=10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop.set_exception_handler(_dropped_client)
        try:
            broker = Broker(self._config)
            await broker.start()
        except (BrokerError, OSError, ValueError) as error:
            self._failure = error
            self._started.set()
            return
        self._started.set()
        await self._stopping.wait()
        await broker.shutdown()


def _dropped_client(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """amqtt drops a client that connects while another subscribes; the client connects again by itself."""
    log.info("embedded broker: %s: %r", context.get("message"), context.get("exception"))
