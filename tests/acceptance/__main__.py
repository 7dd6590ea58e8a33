"""`make commitments`: the acceptance tests of the plan's commitments, and a table: commitment, tests, result.

They stand all over the tests, wherever they prove best: in tests/acceptance, at a kiosk, at a care home's devices.
"""

import sys
from collections import defaultdict
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


class Commitments:
    """A plugin: which tests carry which commitment, and how they ended."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)
        self.failed: set[str] = set()
        self.passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marked = [item for item in items if item.get_closest_marker("commitment")]
        items[:] = marked
        for item in marked:
            for marker in item.iter_markers("commitment"):
                for commitment in marker.args:
                    self.tests[commitment].add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)


def main() -> int:
    plugin = Commitments()
    code = pytest.main([str(_ROOT / "tests"), "-q", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[plugin])
    for number in range(1, 55):
        commitment = f"C{number:02}"
        tests = sorted(plugin.tests[commitment])
        if not tests:
            print(f"{commitment}\t-\tno acceptance test yet")
        for test in tests:
            result = "failed" if test in plugin.failed else "passed" if test in plugin.passed else "not run"
            print(f"{commitment}\t{test}\t{result}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
