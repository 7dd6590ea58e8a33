from edge.adapters.technician_account import Account
from edge.web.sessions import FREE_TRIES, IDLE_S, LONGEST_S, Lockout, Sessions, same

TECHNICIAN = Account("technician", "a")


def test_a_session_is_over_after_half_an_hour_without_a_person() -> None:
    sessions = Sessions()
    token, _ = sessions.begin(TECHNICIAN, 0)
    assert sessions.find(token, TECHNICIAN, IDLE_S - 1, use=True)
    assert sessions.find(token, TECHNICIAN, 2 * IDLE_S - 2, use=False)
    assert sessions.find(token, TECHNICIAN, 2 * IDLE_S - 1, use=False) is None


def test_a_stream_that_runs_is_no_person() -> None:
    sessions = Sessions()
    token, _ = sessions.begin(TECHNICIAN, 0)
    for second in range(0, int(IDLE_S), 60):
        assert sessions.find(token, TECHNICIAN, second, use=False)
    assert sessions.find(token, TECHNICIAN, IDLE_S, use=False) is None


def test_a_session_is_over_after_eight_hours_however_busy() -> None:
    sessions = Sessions()
    token, _ = sessions.begin(TECHNICIAN, 0)
    for second in range(0, int(LONGEST_S), 600):
        assert sessions.find(token, TECHNICIAN, second, use=True)
    assert sessions.find(token, TECHNICIAN, LONGEST_S, use=True) is None


def test_a_new_password_ends_all_sessions() -> None:
    sessions = Sessions()
    token, _ = sessions.begin(TECHNICIAN, 0)
    assert sessions.find(token, Account("technician", "b"), 1, use=True) is None
    assert sessions.find(token, TECHNICIAN, 2, use=True) is None
    other, _ = sessions.begin(TECHNICIAN, 3)
    assert sessions.find(other, None, 4, use=True) is None


def test_an_unknown_or_ended_token_is_nobody() -> None:
    sessions = Sessions()
    token, session = sessions.begin(TECHNICIAN, 0)
    assert sessions.find("", TECHNICIAN, 0, use=True) is None
    assert sessions.find(session.csrf, TECHNICIAN, 0, use=True) is None
    sessions.end(token)
    assert sessions.find(token, TECHNICIAN, 0, use=True) is None


def test_there_are_never_more_than_32_sessions_and_the_idle_ones_go_first() -> None:
    sessions = Sessions()
    tokens = [sessions.begin(TECHNICIAN, second)[0] for second in range(32)]
    assert sessions.find(tokens[0], TECHNICIAN, 40, use=True)
    sessions.begin(TECHNICIAN, 41)
    assert sessions.find(tokens[0], TECHNICIAN, 42, use=True)
    assert sessions.find(tokens[1], TECHNICIAN, 42, use=True) is None


def test_five_wrong_passwords_lock_and_each_further_one_doubles_the_wait() -> None:
    lockout, now, waits = Lockout(), 0.0, []
    for _ in range(FREE_TRIES + 10):
        lockout.on_wrong(now)
        waits.append(lockout.wait_s(now))
        now += waits[-1]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_the_right_password_forgives() -> None:
    lockout = Lockout()
    for _ in range(FREE_TRIES):
        lockout.on_wrong(0)
    assert lockout.wait_s(29) == 1
    assert lockout.wait_s(30) == 0
    lockout.on_right()
    lockout.on_wrong(31)
    assert lockout.wait_s(31) == 0


def test_an_empty_secret_equals_nothing() -> None:
    assert same("a马", "a马")
    assert not same("a", "b")
    assert not same("", "")
