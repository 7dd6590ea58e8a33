"""A card on the reader answers the kiosk's page: bytes at a pseudo-terminal, a field process, a case in the store."""

import base64
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from contract.events.envelope import decode
from edge.adapters.control_client import ControlClient
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_reach import SqliteReach
from edge.adapters.system_clock import SystemClock
from edge.compose.counter_services import CounterServices, Reach, Surroundings, Texts, serving
from edge.services.kiosk_machines import NoFaceChecks
from edge.services.visits import Look
from edge.settings import load
from simulators.bench import Bench, links, make_ports
from simulators.devices.id_card_reader import PHOTO
from simulators.facilities import MARRIAGE_OFFICE, write_profile
from simulators.people import make_person
from tests.system.field_process import field_process
from tests.system.installation import eventually
from tests.unit.edge.services.visits.counter_hall import ERRAND, STROKES

READER = "kiosk-1-reader"
TAKEN_AWAY_S = 1.0


@contextmanager
def kiosk(directory: Path, bench: Bench) -> Iterator[CounterServices]:
    store = directory / "store"
    profile = write_profile(MARRIAGE_OFFICE, directory, links(bench.ports), store=store)
    profile.write_text(profile.read_text() + f'\n[kiosk]\ncard_reader = "{READER}"\n')
    clock = SystemClock()
    texts = Texts(
        lambda _matter, question, _lang: question.document, lambda _session: ("",), lambda template, _case: template
    )
    with field_process(profile, store), closing(SqliteReach(store)) as reach:
        around = Surroundings(
            clock=clock,
            cloud=None,
            snapshot=lambda _dataset: None,
            is_online=Reach(reach, clock),
            has_camera=lambda: True,
            make_faces=lambda _visits: NoFaceChecks(),
        )
        with serving(counter := CounterServices(load(profile), [ERRAND], texts, around)):
            yield counter


def types(store: Path) -> list[str]:
    with closing(SqliteOutbox(store)) as outbox:
        kept = outbox.events_after(0, 1000)
    assert [event.seq for event in kept] == list(range(1, len(kept) + 1))  # one chain, though two processes write it
    assert [decode(event.body).seq for event in kept] == [event.seq for event in kept]
    return [event.type.removeprefix("onetrip.").removesuffix(".v1") for event in kept]


@pytest.mark.timeout(120)
def test_a_card_answers_the_page_and_a_reader_that_is_pulled_out_is_said(tmp_path: Path) -> None:
    with Bench(make_ports(MARRIAGE_OFFICE, tmp_path / "dev", seed=7)) as bench, kiosk(tmp_path, bench) as counter:
        visits, port = counter.visits, bench.find(MARRIAGE_OFFICE.id, READER)
        eventually("the reader is there", lambda: not counter.machines.is_reader_gone, 30)
        session = visits.begin("errand", Look())

        def at() -> str:
            return str(getattr(visits.view(session).page, "name", "end"))

        def says(**form: str) -> None:
            answers = {name: [value] for name, value in form.items()}
            visits.answer(session, at(), visits.view(session).rev, answers)

        says(chosen="now")
        bench.do(port.terminal.unplug)
        eventually("the page says that the reader is gone", lambda: visits.view(session).machine["state"] == "gone", 5)
        bench.do(port.terminal.plug)
        eventually("and that it is back", lambda: visits.view(session).machine["state"] == "waiting", 15)
        person = make_person(Random(3))
        bench.do(lambda: port.model.present(person))
        eventually("the card has answered", lambda: at() == "who.way", 10)
        says(way="no")
        says(strokes=STROKES)
        says(right="1")
        assert at() == "end"
        told = types(tmp_path / "store")
        assert told.count("identity.read") == 1
        assert [one for one in told if one.split(".")[0] in ("consent", "document", "case", "visit")] == [
            "consent.declined", "document.signed", "case.submitted", "visit.checkin",
        ]  # fmt: skip
        written = b"".join(path.read_bytes() for path in (tmp_path / "store").iterdir() if path.is_file())
        assert person.name.encode() not in written
        assert person.id_number.encode() not in written


@pytest.mark.timeout(120)
def test_the_photo_of_a_card_is_given_once_and_stays_nowhere(tmp_path: Path) -> None:
    with Bench(make_ports(MARRIAGE_OFFICE, tmp_path / "dev", seed=7)) as bench, kiosk(tmp_path, bench):
        port, client = bench.find(MARRIAGE_OFFICE.id, READER), ControlClient(tmp_path / "store")

        def photo() -> bytes:
            return base64.b64decode(client.ask({"do": "photo", "device": READER})["photo"])

        assert eventually("the field process answers", lambda: [photo()], 30) == [b""]
        for seed in (3, 4):
            person = make_person(Random(seed))
            bench.do(port.model.remove)
            time.sleep(TAKEN_AWAY_S)
            bench.do(lambda person=person: port.model.present(person))
            assert eventually("its photo", photo, 15) == PHOTO
            assert photo() == b""
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PHOTO[:16] not in written
    assert base64.b64encode(PHOTO[:15]) not in written
