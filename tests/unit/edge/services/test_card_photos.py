"""The photo of a card waits in memory for its person's face page, and no longer."""

import time

from edge.services.card_photos import CardPhotos


def test_a_photo_is_for_its_person_and_a_copy_may_be_zeroed() -> None:
    photos = CardPhotos()
    photos.put("a", b"photo")
    assert photos.of("b") is None
    copy = photos.of("a")
    assert copy == b"photo"
    copy[:] = bytes(len(copy))
    assert photos.of("a") == b"photo"
    photos.forget()


def test_another_card_takes_its_place() -> None:
    photos = CardPhotos()
    photos.put("a", b"photo")
    photos.put("b", b"other")
    assert photos.of("a") is None
    assert photos.of("b") == b"other"
    photos.forget()


def test_it_is_forgotten_unless_its_person_is_still_asked() -> None:
    photos = CardPhotos()
    photos.put("a", b"photo")
    photos.forget(but="a")
    assert photos.of("a") == b"photo"
    photos.forget(but="b")
    assert photos.of("a") is None


def test_what_is_forgotten_is_zero_in_memory() -> None:
    photos = CardPhotos()
    photos.put("a", b"photo")
    kept = photos._photo
    photos.forget()
    assert kept == bytes(5)


def test_after_a_while_it_is_gone_though_nobody_comes() -> None:
    photos = CardPhotos(kept_s=0.05)
    photos.put("a", b"photo")
    ends = time.monotonic() + 5
    while photos.of("a") is not None:
        assert time.monotonic() < ends
        time.sleep(0.01)
