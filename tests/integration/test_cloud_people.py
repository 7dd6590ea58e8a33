"""Who may log in at the cloud: passwords, waits, sessions and tokens, on each kind of database."""

import pytest

from cloud.adapters.sql_people import IDLE_MS, LASTS_MS, BadAccount, MustWait, SqlPeople
from cloud.domain.actor import Actor
from tests.unit.cloud.office import Office

PASSWORD = "correct horse battery"


@pytest.fixture
def people(cloud: Office) -> SqlPeople:
    made = SqlPeople(cloud.engine, lambda: cloud.now_ms)
    made.add("1023", "王审批", "reviewer", "330802", "民政", PASSWORD)
    return made


def test_the_right_password_opens_a_session_for_eight_hours_at_most(cloud: Office, people: SqlPeople) -> None:
    token = people.log_in("1023", PASSWORD)
    assert token is not None
    found = people.find(token)
    assert found is not None
    assert (found.actor, found.name) == (Actor("1023", "reviewer", "330802", "民政"), "王审批")
    for _ in range(LASTS_MS // IDLE_MS - 1):
        cloud.now_ms += IDLE_MS
        assert people.find(token) is not None
    cloud.now_ms += IDLE_MS + 1
    assert people.find(token) is None


def test_half_an_hour_without_a_touch_ends_it_and_so_does_a_change_of_the_account(
    cloud: Office, people: SqlPeople
) -> None:
    token, other = people.log_in("1023", PASSWORD), people.log_in("1023", PASSWORD)
    assert token is not None
    assert other is not None
    people.log_out(token)
    assert people.find(token) is None
    assert people.find(other) is not None
    people.add("1023", "王审批", "clerk", "330802", "民政", PASSWORD)
    assert people.find(other) is None
    third = people.log_in("1023", PASSWORD)
    assert third is not None
    cloud.now_ms += IDLE_MS + 1
    assert people.find(third) is None


def test_wrong_passwords_make_the_next_try_wait_longer_and_longer(cloud: Office, people: SqlPeople) -> None:
    for _ in range(5):
        assert people.log_in("1023", "wrong") is None
    with pytest.raises(MustWait, match="try again in 30 s"):
        people.log_in("1023", PASSWORD)
    cloud.now_ms += 30_001
    assert people.log_in("1023", "wrong again") is None
    with pytest.raises(MustWait, match="in 60 s"):
        people.log_in("1023", PASSWORD)
    cloud.now_ms += 60_001
    assert people.log_in("1023", PASSWORD) is not None
    assert people.log_in("nobody", PASSWORD) is None


def test_a_departments_token_lasts_as_long_as_it_was_given(cloud: Office, people: SqlPeople) -> None:
    token = people.token("1023", 30 * 24 * 3_600_000)
    cloud.now_ms += 29 * 24 * 3_600_000
    assert people.find(token) is not None
    cloud.now_ms += 2 * 24 * 3_600_000
    assert people.find(token) is None
    with pytest.raises(BadAccount, match="add it first"):
        people.token("nobody", 1000)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": "applicant"}, "no role"),
        ({"area": "110101"}, "no area code"),
        ({"password": "short"}, "choose 10 to 256"),
        ({"name": " "}, "a staff number and a name"),
    ],
)
def test_an_account_that_cannot_be_is_said(people: SqlPeople, changed: dict[str, str], said: str) -> None:
    account = {
        "number": "7", "name": "某", "role": "clerk", "area": "330802", "unit": "", "password": PASSWORD, **changed,
    }  # fmt: skip
    with pytest.raises(BadAccount, match=said):
        people.add(**account)
