"""An update goes from step to step, back where it must, and ends with one word about how."""

from dataclasses import replace

import pytest

from firmware_bridge.node.image import Image, Version, read_image
from firmware_bridge.node.messages import (
    DATA_BYTES,
    Ack,
    Health,
    Message,
    Nak,
    NodeHello,
    Reboot,
    Refusal,
    Slot,
    UpdateBegin,
    UpdateCommit,
    UpdateConfirm,
    UpdateData,
    UpdateState,
    UpdateStatus,
)
from firmware_bridge.node.signing import generate_key, sign_image
from firmware_bridge.node.update import (
    AWAY_S,
    FALLBACK_S,
    MOST_IN_VAIN,
    REFUSALS,
    STALLED_S,
    TRIAL_S,
    Step,
    Told,
    Update,
)

IMAGE = read_image(sign_image(bytes(range(200)) * 3, "SN-1", "1.5.0", generate_key()))  # 600 bytes: three pages
SIZE = len(IMAGE.content)
OLD = NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7)
TRIED = replace(OLD, version=IMAGE.version, slot=Slot.B, healthy=False, on_trial=True, boots=8)
GOOD = replace(TRIED, healthy=True)
KEPT = replace(GOOD, on_trial=False)
BEGIN = UpdateBegin(IMAGE.begin)
CONFIRM = UpdateConfirm(IMAGE.version.number)
ARMED = UpdateStatus(UpdateState.ARMED, SIZE)

STARTED = Told("update_started", {"version": "1.5.0", "replaces": "1.4.2", "offset": 0})
VERIFIED = Told("update_verified", {"version": "1.5.0"})
DONE = Told("update_done", {"version": "1.5.0"})


def wants(offset: int) -> UpdateStatus:
    return UpdateStatus(UpdateState.RECEIVING, offset)


def page(offset: int) -> UpdateData:
    return UpdateData(offset, IMAGE.content[offset : offset + DATA_BYTES])


def failed(reason: str) -> Told:
    return Told("update_failed", {"version": "1.5.0", "reason": reason})


def new(image: Image | None = IMAGE) -> Update:
    return Update(IMAGE.version, image, OLD, 0.0)


def answered(update: Update, *answers: Message, now: float = 0.0) -> list[Message]:
    """What it asked, each answered in turn."""
    asked = []
    for answer in answers:
        request = update.request()
        assert request is not None
        asked.append(request)
        update.on_answer(request, answer, now)
    return asked


def armed() -> Update:
    update = new()
    answered(update, wants(0), wants(256), wants(512), wants(600), ARMED)
    return update


def on_trial() -> Update:
    update = armed()
    answered(update, Ack())
    update.take_told()
    return update


def test_the_whole_way() -> None:
    update = new()
    asked = answered(update, wants(0), wants(256), wants(512), wants(600), ARMED, Ack())
    assert asked == [BEGIN, page(0), page(256), page(512), UpdateCommit(), Reboot(7)]
    assert update.request() is None  # the node boots
    update.on_hello(TRIED, 1.0)
    assert update.request() is None
    update.on_health(Health(1, 8, 3, 0))
    assert answered(update, Ack()) == [CONFIRM]
    assert update.step is Step.OVER
    assert update.take_told() == [STARTED, VERIFIED, DONE]
    assert update.take_told() == []


def test_progress_is_what_the_node_has() -> None:
    update = new()
    percents = [update.percent]
    for answer in (wants(0), wants(256), wants(512), wants(600), ARMED):
        answered(update, answer)
        percents.append(update.percent)
    assert percents == [None, 0, 42, 85, 100, 100]


@pytest.mark.parametrize("offset", [0, 1, 255, 256, 512, 599])
def test_it_begins_where_the_node_had_stopped(offset: int) -> None:
    update = new()
    answered(update, wants(offset))
    assert update.request() == page(offset)
    assert update.take_told() == [Told("update_started", {"version": "1.5.0", "replaces": "1.4.2", "offset": offset})]


def test_a_node_that_has_it_all_is_told_to_check_it_or_to_try_it() -> None:
    update = new()
    answered(update, wants(SIZE))
    assert update.request() == UpdateCommit()
    update = new()
    answered(update, ARMED)
    assert update.request() == Reboot(7)
    assert [told.what for told in update.take_told()] == ["update_started", "update_verified"]


def test_it_goes_back_where_the_node_wants_it() -> None:
    update = new()
    answered(update, wants(0), wants(256), wants(128))
    assert update.request() == page(128)


@pytest.mark.parametrize("answers", [[wants(0)], [wants(0), wants(256)], [wants(0), wants(600)]])
def test_after_a_pulled_cable_or_a_power_cut_it_begins_again_without_telling_so(answers: list[Message]) -> None:
    update = new()
    answered(update, *answers)
    update.reconnected(5.0)
    update.on_hello(replace(OLD, boots=9), 5.0)
    assert answered(update, wants(256)) == [BEGIN]
    assert update.request() == page(256)
    answered(update, wants(600), ARMED)
    assert update.request() == Reboot(9)
    assert [told.what for told in update.take_told()] == ["update_started", "update_verified"]


def test_another_node_gets_nothing_of_it() -> None:
    update = new()
    answered(update, wants(0))
    update.on_hello(replace(OLD, serial="SN-000124"), 1.0)
    assert update.request() is None
    assert "another node was plugged in" in str(update.take_told()[-1].detail["reason"])


def test_a_node_that_lost_its_memory_unseen_is_begun_anew() -> None:
    update = new()
    answered(update, wants(0), Nak(Refusal.NO_UPDATE))
    assert update.request() == BEGIN


def test_a_cable_pulled_before_the_reboot_changes_nothing() -> None:
    update = armed()
    update.on_hello(OLD, 1.0)
    assert update.request() == Reboot(7)


def test_a_power_cut_does_for_the_reboot() -> None:
    update = armed()
    update.on_hello(TRIED, 1.0)
    assert update.request() is None
    update.on_hello(GOOD, 2.0)
    assert update.request() == CONFIRM


def test_a_commit_whose_answer_was_lost_shows_by_the_trial() -> None:
    update = new()
    answered(update, wants(0), wants(600))
    update.on_hello(GOOD, 1.0)
    assert update.request() == CONFIRM


def test_a_confirmation_whose_answer_was_lost_shows_by_the_next_hello() -> None:
    update = on_trial()
    update.on_hello(GOOD, 1.0)
    assert update.request() == CONFIRM
    update.on_hello(KEPT, 2.0)
    assert update.take_told() == [DONE]


def test_a_node_that_is_not_healthy_after_all_is_asked_later() -> None:
    update = on_trial()
    update.on_hello(GOOD, 1.0)
    answered(update, Nak(Refusal.NOT_HEALTHY))
    assert update.request() is None
    update.on_health(Health(2, 8, 3, 0))
    assert update.request() == CONFIRM


def test_health_of_the_old_image_confirms_nothing() -> None:
    update = on_trial()
    update.on_health(Health(100, 7, 1, 0))
    assert update.request() is None


@pytest.mark.parametrize("reason", [reason for reason in Refusal if reason is not Refusal.NOT_HEALTHY])
def test_a_refusal_ends_it_with_what_to_do(reason: Refusal) -> None:
    update = new()
    answered(update, Nak(reason))
    assert update.take_told() == [failed(REFUSALS[reason])]
    assert update.step is Step.OVER
    assert update.request() is None


def test_an_unknown_refusal_ends_it_too() -> None:
    update = new()
    answered(update, Nak(99))
    assert update.take_told() == [failed("the node refuses it (reason 99); update this program")]


def test_a_wrong_hash_ends_it() -> None:
    update = new()
    answered(update, wants(600), Nak(Refusal.WRONG_HASH))
    assert update.take_told()[-1] == failed(REFUSALS[Refusal.WRONG_HASH])


@pytest.mark.parametrize("answer", [wants(256), Nak(Refusal.NO_UPDATE)])
def test_a_node_that_gets_nowhere_is_given_up(answer: Message) -> None:
    update = new()
    answered(update, wants(256))
    asked = 0
    while update.step is not Step.OVER:
        request = update.request()
        assert request is not None
        update.on_answer(request, wants(256) if request == BEGIN else answer, 0.0)
        asked += 1
        assert asked < 3 * MOST_IN_VAIN
    assert update.take_told()[-1].what == "update_failed"


def test_without_progress_it_fails_and_says_that_it_can_go_on() -> None:
    update = new()
    answered(update, wants(0), now=100.0)
    answered(update, wants(256), now=200.0)
    update.tick(200.0 + STALLED_S - 1)
    assert update.step is Step.DATA
    update.tick(200.0 + STALLED_S)
    assert "it goes on from there" in str(update.take_told()[-1].detail["reason"])


def test_the_time_the_port_was_closed_does_not_count_unless_it_was_long() -> None:
    update = new()
    update.reconnected(STALLED_S + AWAY_S - 1)
    update.tick(STALLED_S + AWAY_S)
    assert update.step is Step.BEGIN
    update.tick(2 * STALLED_S + AWAY_S)
    assert update.step is Step.OVER
    late = new()
    late.reconnected(STALLED_S + AWAY_S)
    late.tick(STALLED_S + AWAY_S)
    assert late.step is Step.OVER


def test_a_new_image_that_never_reports_healthy_is_told_after_four_minutes() -> None:
    update = on_trial()
    update.on_hello(TRIED, 10.0)
    update.tick(TRIAL_S - 1)
    assert update.take_told() == []
    update.tick(TRIAL_S)
    (told,) = update.take_told()
    assert "did not report healthy within 4 minutes" in str(told.detail["reason"])


def test_the_old_image_again_without_a_word_why_is_told_soon() -> None:
    update = on_trial()
    for second in range(10, 20):
        update.on_hello(replace(OLD, boots=11), float(second))
    update.tick(10.0 + FALLBACK_S)
    (told,) = update.take_told()
    assert "the old image is back" in str(told.detail["reason"])


def test_a_rollback_is_explained_by_the_last_self_test() -> None:
    update = on_trial()
    update.on_hello(TRIED, 1.0)
    update.on_health(Health(5, 8, 2, 1))
    assert update.on_rolled_back() == "the new image was not healthy in 3 boots: its self-test failed (sensor)"
    assert update.step is Step.OVER
    assert on_trial().on_rolled_back() == "the new image was not healthy in 3 boots"
    update.tick(1e9)
    update.on_hello(KEPT, 1e9)
    assert update.take_told() == []


def test_a_trial_begun_by_somebody_else_is_watched_and_confirmed() -> None:
    update = Update(IMAGE.version, None, TRIED, 0.0)
    update.on_hello(TRIED, 0.0)
    assert update.request() is None
    assert update.percent is None
    update.on_health(Health(1, 8, 3, 0))
    assert answered(update, Ack()) == [CONFIRM]
    assert update.take_told() == [DONE]
