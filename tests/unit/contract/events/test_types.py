"""Each event type has a class of priority, a subject and a schema, and no room for a full number or a face."""

import pytest

from contract.events.data import EventData
from contract.events.envelope import GENESIS, Envelope, MalformedEvent
from contract.events.types import TYPES, AlarmClosed, AlarmRaised, attributes, data_of
from contract.events.visits import IdentityRead, VisitCheckin

CHECKIN = VisitCheckin(
    visit="v-1", device="kiosk-1", token="ab" * 32, id_masked="330899********0016", name_masked="测**", method="card"
)
SAMPLES: list[EventData] = [
    AlarmRaised(
        alarm="a-1",
        device="fridge-1",
        rule="out_of_range",
        location="药房",
        metric="Air/Temperature",
        value=9.5,
        limit=8.0,
    ),
    AlarmClosed(alarm="a-1", device="fridge-1", by="nurse-7", reason="done", command="c-1"),
    IdentityRead(device="kiosk-1", method="card", result="bad_check_digit", reason="the check character"),
    CHECKIN,
]


def envelope(type_name: str, data: dict[str, object]) -> Envelope:
    return Envelope.model_validate(
        {
            "id": "019f821e-0fc0-7000-8000-000000000001",
            "source": "/facilities/330803-care-01",
            "type": type_name,
            "subject": "x",
            "time": "2026-07-21T01:30:00.000Z",
            "dataschema": "urn:x",
            "epoch": "0123456789ab",
            "seq": 1,
            "prevhash": GENESIS,
            "priority": 0,
            "timequality": "good",
            "data": data,
        }
    )


@pytest.mark.parametrize("data", SAMPLES, ids=lambda data: data.type_name)
def test_what_was_written_is_read_again(data: EventData) -> None:
    said = attributes(data)
    assert data_of(envelope(said["type"], said["data"])) == data


@pytest.mark.parametrize("model", TYPES.values(), ids=lambda model: model.type_name)
def test_every_type_has_a_priority_class_and_life_safety_is_for_alarms(model: type[EventData]) -> None:
    assert 0 <= model.priority <= 4
    assert (model.priority == 0) == model.type_name.startswith("onetrip.alarm.")


def test_an_unknown_type_is_answered_with_the_known_ones() -> None:
    with pytest.raises(MalformedEvent, match=r"onetrip\.tea\.served\.v1 is not known here; known: onetrip\.alarm"):
        data_of(envelope("onetrip.tea.served.v1", {}))


@pytest.mark.parametrize(
    "change",
    [
        {"id_masked": "330899199003070016"},  # a full number
        {"name_masked": "测试甲"},  # a full name
        {"token": "330899199003070016"},
        {"photo": "c2ltMQ=="},  # a field that does not exist
    ],
)
def test_a_check_in_has_no_room_for_who_the_person_is(change: dict[str, str]) -> None:
    with pytest.raises(MalformedEvent, match=next(iter(change))) as error:
        data_of(envelope(CHECKIN.type_name, {**CHECKIN.model_dump(), **change}))
    assert next(iter(change.values())) not in str(error.value)
