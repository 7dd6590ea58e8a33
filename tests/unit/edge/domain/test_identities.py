"""A device that is not the one it was is noticed by what it says of itself."""

import pytest

from edge.domain.identities import Finding, Identity, find

A, B = "usb://path=1-1.1", "usb://path=1-1.2"
KNOWN = {
    "bed-1": Identity("R60ABD1 G60SM1SYv010309", A),
    "bed-2": Identity("R60ABD1 0042", B),
    "old": Identity("GM65 7", ""),
    "mute": Identity("", A),
}


@pytest.mark.parametrize(
    ("device", "fingerprint", "port", "finding"),
    [
        ("bed-1", "R60ABD1 G60SM1SYv010309", A, Finding("same", "R60ABD1 G60SM1SYv010309")),
        ("bed-1", "R60ABD1 G60SM1SYv010309", B, Finding("moved", "R60ABD1 G60SM1SYv010309")),
        ("bed-1", "R60ABD1 0099", A, Finding("swapped", "R60ABD1 G60SM1SYv010309")),
        ("bed-1", "R60ABD1 0042", A, Finding("swapped", "R60ABD1 G60SM1SYv010309", unit_of="bed-2")),
        ("new", "R60ABD1 0099", A, Finding("first")),
        ("new", "R60ABD1 0042", B, Finding("first", unit_of="bed-2")),
        ("mute", "R60ABD1 0099", A, Finding("first")),
        ("old", "GM65 7", A, Finding("same", "GM65 7")),
    ],
    ids=[
        "the same",
        "the same unit at another port",
        "another unit",
        "the unit of another device: their plugs were exchanged",
        "never heard before",
        "a new device in the place of another",
        "a device that had never said anything",
        "nobody wrote down its port",
    ],
)
def test_what_is_found(device: str, fingerprint: str, port: str, finding: Finding) -> None:
    assert find(device, Identity(fingerprint, port), KNOWN) == finding


def test_a_facility_that_has_heard_nothing_yet() -> None:
    assert find("bed-1", Identity("x", A), {}) == Finding("first")


def test_two_units_that_say_the_same_are_each_the_same_as_before() -> None:
    twins = {"bed-1": Identity("v1", A), "bed-2": Identity("v1", B)}
    assert find("bed-2", Identity("v1", B), twins).outcome == "same"
