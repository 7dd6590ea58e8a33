"""A file gets its name only when it is the right one; a failure leaves nothing behind and says why."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from edge.adapters.face import weights
from edge.adapters.face.fetching import FetchFailed, address, fetch
from edge.adapters.face.weights import Weight

DATA = bytes(range(256)) * 1024
SMALL = Weight("small", "a model.onnx", hashlib.sha256(DATA).hexdigest(), len(DATA), "MIT", "converted from elsewhere")


class _Publisher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return
        if self.path not in ("/whole", "/half"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        self.wfile.write(DATA if self.path == "/whole" else DATA[: len(DATA) // 2])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Publisher) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def mirror(folder: Path, data: bytes) -> str:
    folder.mkdir()
    SMALL.path(folder).write_bytes(data)
    return folder.as_uri() + "/"


def test_a_mirror_may_be_a_folder(tmp_path: Path) -> None:
    url = address(SMALL, mirror(tmp_path / "stick", DATA))
    fetch(SMALL, url, tmp_path / "new" / "models")
    assert SMALL.load(tmp_path / "new" / "models") == DATA
    assert [path.name for path in (tmp_path / "new" / "models").iterdir()] == ["a model.onnx"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (DATA + b"!", "is longer than the 262144 bytes"),
        (DATA[:-1], "ended after 262143 of 262144 bytes"),
        (b"", "ended after 0 of 262144 bytes"),
        (DATA[::-1], "another SHA-256"),
    ],
)
def test_what_is_not_the_file_is_not_kept(tmp_path: Path, data: bytes, says: str) -> None:
    url = address(SMALL, mirror(tmp_path / "stick", data))
    with pytest.raises(FetchFailed, match=says):
        fetch(SMALL, url, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_good_file_stays_when_a_new_one_fails(tmp_path: Path) -> None:
    SMALL.path(tmp_path).write_bytes(DATA)
    with pytest.raises(FetchFailed):
        fetch(SMALL, (tmp_path / "nothing").as_uri(), tmp_path)
    assert SMALL.load(tmp_path) == DATA


@pytest.mark.loopback
@pytest.mark.parametrize("path", ["/whole", "/moved"])
def test_a_publisher_may_send_the_reader_on(publisher: str, path: str, tmp_path: Path) -> None:
    fetch(SMALL, publisher + path, tmp_path)
    assert SMALL.load(tmp_path) == DATA


@pytest.mark.loopback
@pytest.mark.parametrize(("path", "says"), [("/gone", "404|Not Found"), ("/half", "ended after 131072|IncompleteRead")])
def test_a_publisher_that_fails_is_told(publisher: str, path: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=says):
        fetch(SMALL, publisher + path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_can_be_stopped(tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    url = address(SMALL, mirror(tmp_path / "stick", DATA))
    with pytest.raises(FetchFailed, match="stopped"):
        fetch(SMALL, url, tmp_path / "models", stopping)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_conversion_has_no_publisher_and_says_so() -> None:
    with pytest.raises(FetchFailed, match=r"converted from foamliu/MobileFaceNet .* give --mirror URL"):
        address(weights.MOBILEFACENET, None)


def test_published_weights_come_from_a_pinned_commit() -> None:
    published = [weight for weight in weights.ALL if weight.url]
    assert published == [weights.YUNET, weights.SFACE]
    for weight in published:
        host, commit, file = address(weight, None).partition("/opencv_zoo/")[0], *_commit_and_file(weight)
        assert host == "https://media.githubusercontent.com/media/opencv"
        assert len(commit) == 40
        assert file == weight.file


def _commit_and_file(weight: Weight) -> tuple[str, str]:
    rest = (weight.url or "").partition("/opencv_zoo/")[2]
    return rest.partition("/")[0], rest.rpartition("/")[2]


@pytest.mark.parametrize("mirror_url", ["ftp://mirror.example", "/media/usb", "data:,x"])
def test_an_address_of_another_kind_is_refused(mirror_url: str) -> None:
    with pytest.raises(FetchFailed, match="begins with https://"):
        address(SMALL, mirror_url)
