"""A new facility file goes through every step in order, and out at any of them; what runs is always known."""

import pytest

from edge.domain import rollout as steps
from edge.domain.rollout import INTERRUPTED, CloudReach, Health, NotNow, Probation, Rollout, Stage, Version, complaint

OLD, NEW, NEWER = "a" * 64, "b" * 64, "c" * 64
RUNNING_OLD = steps.install(OLD, newest=4)


def at(stage: Stage) -> Rollout:
    """A transaction from OLD to NEW that has come so far."""
    rollout = RUNNING_OLD
    for name, step in (
        ("received", lambda r: steps.receive(r, NEW)),
        ("verified", lambda r: steps.verified(r, 5, "key")),
        ("rehearsed", steps.rehearsed),
        ("trial", steps.begin),
        ("committed", steps.commit),
    ):
        if rollout.stage != stage:
            rollout = step(rollout)
            assert rollout.stage == name
    return rollout


def test_a_file_that_passes_everything_runs_and_the_one_before_it_is_kept() -> None:
    done = at("committed")
    assert done == Rollout(Version(NEW, 5, "key"), "committed", previous=Version(OLD), newest=5, told=False)
    assert done.needed == {NEW, OLD}


@pytest.mark.parametrize("stage", ["received", "verified", "rehearsed"])
def test_until_the_trial_the_old_file_runs(stage: Stage) -> None:
    assert at(stage).running == Version(OLD)
    assert at(stage).needed == {OLD, NEW}


@pytest.mark.parametrize("stage", ["received", "verified", "rehearsed"])
def test_a_file_that_is_refused_changes_nothing(stage: Stage) -> None:
    refused = steps.refused(at(stage), "no")
    assert (refused.running, refused.candidate, refused.stage, refused.reason) == (Version(OLD), None, "refused", "no")
    assert refused.needed == {OLD}


def test_a_failed_trial_brings_the_old_file_back() -> None:
    back = steps.roll_back(at("trial"), "worse")
    assert (back.running, back.candidate, back.stage, back.reason) == (Version(OLD), None, "rolled_back", "worse")
    assert back.needed == {OLD}


def test_a_file_that_was_taken_back_may_be_tried_again() -> None:
    again = steps.receive(steps.roll_back(at("trial"), "worse"), NEW)
    assert steps.verified(again, 5, "key").stage == "verified"


def test_a_trial_that_a_restart_interrupted_has_failed() -> None:
    back = steps.interrupted(at("trial"))
    assert (back.running, back.stage, back.reason) == (Version(OLD), "rolled_back", INTERRUPTED)


@pytest.mark.parametrize("stage", ["received", "verified", "rehearsed"])
def test_checks_that_a_restart_interrupted_are_made_again(stage: Stage) -> None:
    again = steps.interrupted(at(stage))
    assert (again.running.sha256, again.candidate and again.candidate.sha256, again.stage) == (OLD, NEW, "received")


@pytest.mark.parametrize("stage", ["installed", "committed"])
def test_a_restart_changes_nothing_else(stage: Stage) -> None:
    rollout = RUNNING_OLD if stage == "installed" else at(stage)
    assert steps.interrupted(rollout) == rollout


@pytest.mark.parametrize("serial", [1, 4])
def test_an_old_file_is_not_taken_a_second_time_however_well_it_is_signed(serial: int) -> None:
    refused = steps.verified(at("received"), serial, "key")
    assert refused.stage == "refused"
    assert refused.reason == f"its serial {serial} is not above 4, which ran already; sign it with a higher one"


def test_a_file_put_there_by_hand_does_not_bring_old_files_back() -> None:
    by_hand = steps.install(NEWER, at("committed").newest)
    assert steps.verified(steps.receive(by_hand, NEW), 5, "key").stage == "refused"


def test_a_newer_file_takes_the_place_of_one_that_is_being_checked() -> None:
    newer = steps.receive(at("verified"), NEWER)
    assert (newer.candidate, newer.stage) == (Version(NEWER), "received")


def test_a_trial_is_not_disturbed() -> None:
    with pytest.raises(NotNow, match="send the file again when it has ended"):
        steps.receive(at("trial"), NEWER)


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        ("installed", steps.rehearsed),
        ("received", steps.rehearsed),
        ("verified", steps.begin),
        ("rehearsed", steps.commit),
        ("committed", steps.commit),
        ("committed", lambda r: steps.roll_back(r, "")),
        ("trial", lambda r: steps.refused(r, "")),
        ("trial", steps.begin),
        ("installed", lambda r: steps.verified(r, 9, "")),
    ],
)
def test_no_step_is_left_out_or_done_twice(stage: Stage, step) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotNow, match=f"the transaction is {stage}, not "):
        step(at(stage) if stage != "installed" else RUNNING_OLD)


# the trial

WELL = Health(frozenset({"bed-1", "fridge-1"}), failures=2, over_s=600, acked=1000, waiting=0, cloud_reached=True)
BOTH = {"bed-1", "fridge-1"}


def health(
    online: frozenset[str] = WELL.online, failures: int = 0, over_s: float = 120, acked: int = 1001, waiting: int = 3
) -> Health:
    return Health(online, failures, over_s, acked, waiting, cloud_reached=True)


def test_a_box_that_does_as_well_as_before_has_nothing_to_complain_of() -> None:
    assert complaint(WELL, health(), BOTH) == ""


def test_a_device_that_went_off_line_is_named() -> None:
    assert complaint(WELL, health(frozenset({"bed-1"})), BOTH) == "off line now: fridge-1"


def test_a_device_that_the_new_file_leaves_out_is_not_missed() -> None:
    assert complaint(WELL, health(frozenset({"bed-1"})), {"bed-1"}) == ""


def test_a_device_that_was_off_line_before_may_stay_so() -> None:
    assert complaint(WELL, health(), {*BOTH, "not-yet-delivered"}) == ""


@pytest.mark.parametrize(("failures", "fails"), [(5, False), (6, True)])
def test_polls_that_fail_more_often_than_before(failures: int, fails: bool) -> None:
    said = complaint(WELL, health(failures=failures), BOTH)  # 2 in 600 s before: 0.4 in 120 s
    assert said == (f"{failures} polls failed in 120 s" if fails else "")


def test_polls_that_failed_before_are_no_fault_of_the_new_file() -> None:
    before = Health(WELL.online, 500, 600, 1000, 0, cloud_reached=True)
    assert complaint(before, health(failures=200), BOTH) == ""
    assert complaint(before, health(failures=206), BOTH) == "206 polls failed in 120 s"


def test_a_process_that_had_just_begun_has_no_rate_of_failures() -> None:
    before = Health(WELL.online, 0, 0, 1000, 0, cloud_reached=True)
    assert complaint(before, health(failures=5), BOTH) == ""


def test_a_cloud_that_acknowledges_no_more() -> None:
    assert complaint(WELL, health(acked=1000), BOTH) == "the cloud acknowledged nothing; 3 are waiting"
    assert complaint(WELL, health(acked=1000, waiting=0), BOTH) == ""


def test_a_cloud_that_was_not_reached_before_is_not_asked_for() -> None:
    before = Health(WELL.online, 2, 600, 1000, 50, cloud_reached=False)
    assert complaint(before, health(acked=1000, waiting=60), BOTH) == ""


def test_a_field_process_that_does_not_answer() -> None:
    assert complaint(WELL, None, BOTH) == "the field process does not answer"


def test_several_complaints_are_all_told() -> None:
    said = complaint(WELL, health(frozenset(), failures=9, acked=1000), BOTH)
    assert said == (
        "off line now: bed-1, fridge-1; 9 polls failed in 120 s; the cloud acknowledged nothing; 3 are waiting"
    )


def test_the_verdict_comes_when_the_probation_is_over_not_before() -> None:
    probation = Probation(WELL, frozenset(BOTH), until=100.0)
    assert [probation.verdict(health(frozenset()), now) for now in (0.0, 99.9)] == [None, None]
    assert probation.verdict(health(frozenset()), 100.0) == "off line now: bed-1, fridge-1"
    assert probation.verdict(health(), 100.0) == ""


@pytest.mark.parametrize(
    ("seen", "is_reached"),
    [
        ([(7, 2, 0.0)], False),  # acknowledged before anybody looked
        ([(7, 2, 0.0), (7, 5, 30.0)], False),
        ([(7, 2, 0.0), (9, 5, 30.0)], True),
        ([(7, 0, 0.0)], True),  # nothing waits
        ([(0, 0, 0.0)], False),  # it never had anything
        ([(7, 0, -60.0), (7, 3, 30.0)], False),  # too long ago
    ],
)
def test_the_cloud_is_reached_when_it_acknowledges_or_when_nothing_waits_for_it(
    seen: list[tuple[int, int, float]], is_reached: bool
) -> None:
    cloud = CloudReach()
    assert not cloud.within(60, 0)
    for acked, waiting, now in seen:
        cloud.note(acked, waiting, now)
    assert cloud.within(60, 31) == is_reached
