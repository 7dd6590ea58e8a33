"""A city's cloud that boxes ask: the real app behind a real uvicorn on loopback, with its own keys and sandboxes."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine

from cloud.adapters import city_keys
from cloud.adapters.sandbox import Conduct, SandboxPayments
from cloud.compose import ForBoxes, app
from cloud.matters.archives.records import Certificates
from contract.sealing import seal
from edge.adapters.cloud_lookups import CloudLookups

TOKEN = "a token of sixteen"


class City:
    """`behaves` changes what the sandboxes do, for as long as it is not called again. `address` while it is served."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        self.engine, self.directory = engine, directory
        self.public = base64.b64decode(city_keys.make(directory))
        self.city_key = city_keys.CityKey(city_keys.read(directory / city_keys.CITY))
        self.person_key = city_keys.PersonKey(city_keys.read(directory / city_keys.PERSON))
        self.behaves()
        self.conduct = Conduct(self._sandbox)
        self.provider = SandboxPayments(self.conduct)
        self.app = app(engine, ForBoxes(TOKEN, self.city_key, self.person_key, self.conduct, self.provider))
        self.certificates = Certificates(engine)
        self.address = ""

    @property
    def _sandbox(self) -> Path:
        return self.directory / "sandbox.json"

    def behaves(self, **conduct: Any) -> None:
        self._sandbox.write_text(json.dumps(conduct))

    def sealed(self, about: str, fields: dict[str, Any]) -> str:
        return seal(self.public, about, fields)

    def box(self, facility: str = "f-1", token: str = TOKEN, **limits: float) -> CloudLookups:
        """As a box asks."""
        return CloudLookups(self.address, token, self.public, facility, **limits)

    @contextmanager
    def served(self) -> Iterator["City"]:
        server = uvicorn.Server(uvicorn.Config(self.app, port=0, log_level="critical", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, name="city")
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.01)
            self.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            yield self
        finally:
            server.should_exit = True
            thread.join()
