"""The real servers the tests talk to: Debian's own binaries on free loopback ports, each with a folder of its own.

with mosquitto() as broker:
    broker.url      # mqtt://127.0.0.1:23817
    broker.kill()   # kill -9: what a power cut leaves
    broker.start()  # again, on the same port and data
"""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, TypedDict, TypeVar

import psycopg

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
POLL_S = 0.02
# Below Linux's ephemeral ports: while a killed server is down, no outgoing connection can be given its port.
PORTS = range(20_000, 32_000)

MQTT_CONNECT = bytes.fromhex("10 0C 0004 4D515454 04 02 003C 0000")  # 3.1.1, clean session, empty client id
MQTT_CONNACK = bytes.fromhex("20 02 00 00")

S = TypeVar("S", bound="Server")

_ports = random.SystemRandom()  # pytest-randomly seeds the ordinary generator: two runs would draw the same ports


class ServerMissing(RuntimeError):
    """The binary is not on this machine."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: run `make test`, which installs what the tests need")


class ServerFailed(RuntimeError):
    """The server ended, or did not answer in time; the message carries the end of its log."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on."""
    while True:
        port = _ports.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def binary(name: str, *folders: str) -> str:
    """The path of an installed program; Debian keeps some in folders that an ordinary user's PATH lacks."""
    path = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise ServerMissing(name)
    return found


class Server:
    """One server process. `stop` and `kill` leave its data; `start` takes it up again on the same port."""

    scheme: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    user: ClassVar[str | None] = None  # the account to run as when we are root

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed(f"{type(self).__name__} is not started")
        return self._process.pid

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self.running:
            raise ServerFailed(f"{type(self).__name__} is running already")
        with self._log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the servers in order
                **_as_user(self.user),
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if process.poll() is not None:
                raise ServerFailed(f"{type(self).__name__} ended at its start:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"{type(self).__name__} did not answer in time:\n{self._log_tail()}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End in good order, by force when it does not follow."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9 the server and its children, and wait until all are gone."""
        if self._process is None:
            return
        children = _children(self._process.pid)
        self._process.kill()
        for child in children:
            _kill(child)
        self._process.wait()
        while any(_alive(child) for child in children):
            time.sleep(POLL_S)

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


class Mosquitto(Server):
    scheme = "mqtt"

    def command(self) -> list[str]:
        config = self.folder / "mosquitto.conf"
        lines = [
            "per_listener_settings false",
            "persistence true",
            f"persistence_location {self.folder}/",
            "autosave_interval 1",
            "max_inflight_messages 1000",
            "max_queued_messages 1000000",  # the default of 1000 drops silently
            "max_queued_bytes 0",
            "persistent_client_expiration 14d",
            "max_packet_size 1048576",
            "allow_anonymous true",
            f"listener {self.port} 127.0.0.1",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # else it drops to an account that cannot write to the folder
        config.write_text("\n".join(lines) + "\n")
        return [binary("mosquitto"), "-c", str(config)]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(MQTT_CONNECT)
                return link.recv(len(MQTT_CONNACK)) == MQTT_CONNACK
        except OSError:
            return False


class Postgres(Server):
    scheme = "postgresql+psycopg"
    stop_signal = signal.SIGINT  # "fast": SIGTERM would wait for every client to leave
    user = "postgres"  # it refuses to run as root

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        return f"{self.scheme}://onetrip@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """One statement of administration, outside a transaction (CREATE DATABASE and the like)."""
        with self._connect() as connection:
            connection.execute(statement.encode())

    def command(self) -> list[str]:
        data = self.folder / "data"
        if not data.exists():
            self._initialise(data)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self._binary("postgres"), "-D", str(data), *options]

    def answers(self) -> bool:
        try:
            with self._connect() as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _initialise(self, data: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user, self.user)
        command = [self._binary("initdb"), "-D", str(data), "-U", "onetrip", "--no-sync"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **_as_user(self.user))
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="onetrip", dbname="postgres", autocommit=True, connect_timeout=5
        )

    @staticmethod
    def _binary(name: str) -> str:
        newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parts[-2]), reverse=True)
        return binary(name, *map(str, newest_first))


class VictoriaMetrics(Server):
    scheme = "influx+http"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def flush(self) -> None:
        """Make what was written visible to queries now, not in a second or two."""
        self._get("/internal/force_flush")

    def command(self) -> list[str]:
        return [
            binary("victoria-metrics"),
            f"-httpListenAddr=127.0.0.1:{self.port}",
            f"-storageDataPath={self.folder / 'data'}",
            "-retentionPeriod=12",
            "-dedup.minScrapeInterval=1ms",
        ]

    def answers(self) -> bool:
        try:
            return self._get("/health") == b"OK"
        except (urllib.error.URLError, OSError):
            return False

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.http_url + path, timeout=10) as response:
            answer: bytes = response.read()
            return answer


@contextmanager
def mosquitto(folder: Path | None = None) -> Iterator[Mosquitto]:
    with _folder(folder) as place, _running(Mosquitto(place)) as server:
        yield server


@contextmanager
def postgres(folder: Path | None = None) -> Iterator[Postgres]:
    """As root it runs as the account `postgres`, which must be able to reach a folder you name (tmp_path is not)."""
    with _folder(folder) as place, _running(Postgres(place)) as server:
        yield server


@contextmanager
def victoria_metrics(folder: Path | None = None) -> Iterator[VictoriaMetrics]:
    with _folder(folder) as place, _running(VictoriaMetrics(place)) as server:
        yield server


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder the caller named, which stays; or one of our own, which goes."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="onetrip-", ignore_cleanup_errors=True) as own:
        yield Path(own)


@contextmanager
def _running(server: S) -> Iterator[S]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as_user(name: str | None) -> _Account:
    """Popen's arguments that run a program under another account: the process is the server itself, not a wrapper."""
    if name is None or os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    """Running, and not a zombie that nobody has reaped yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
