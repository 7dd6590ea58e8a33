"""So many times in so long."""

from cloud.portal.limits import Limit


def test_after_so_many_tries_one_waits_until_the_first_is_long_ago() -> None:
    limit = Limit(2, 1000)
    assert [limit.takes("a", at) for at in (0, 400, 900, 999)] == [True, True, False, False]
    assert limit.takes("a", 1000)
    assert not limit.takes("a", 1399)
    assert limit.takes("a", 1400)


def test_each_key_has_its_own_count() -> None:
    limit = Limit(1, 1000)
    assert limit.takes("a", 0)
    assert limit.takes("b", 0)
    assert not limit.takes("a", 1)


def test_what_was_only_looked_at_is_not_counted() -> None:
    limit = Limit(1, 1000)
    assert not limit.is_reached("a", 0)
    assert not limit.is_reached("a", 0)
    limit.count("a", 0)
    assert limit.is_reached("a", 999)
    assert not limit.is_reached("a", 1000)


def test_many_keys_do_not_fill_the_memory() -> None:
    limit = Limit(1, 10**9, keys=10)
    for number in range(1000):
        limit.takes(str(number), number)
    assert limit.is_reached("999", 1000)
    assert not limit.is_reached("0", 1000)
    assert len(limit._tries) == 10
