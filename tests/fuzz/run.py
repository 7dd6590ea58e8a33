"""`python -m tests.fuzz.run [TARGET …] --seconds N`: fuzzes each target in a process of its own; exit code 1 on a find.

A find is written to the directory of finds as hexadecimal: copied to tests/fuzz/regressions/TARGET/ it is a test that
every run of pytest makes.
"""

import argparse
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import targets
from tests.fuzz.samples import REGRESSIONS, ROOT

START_S = 120  # what a process may need beside its time, on a busy machine


class Result(NamedTuple):
    """`finds`: regression files. `log`: what the process said."""

    target: str
    finds: list[Path]
    log: str
    ended_well: bool

    @property
    def executions(self) -> int:
        stated = [line.split()[-1] for line in self.log.splitlines() if "number_of_executed_units" in line]
        return int(stated[-1]) if stated else 0


def fuzz(target: str, seconds: float, corpus: Path, finds: Path, seed: int = 0) -> Result:
    """Seed 0 is another one each time."""
    folder = target.replace(":", "_")
    finds.mkdir(parents=True, exist_ok=True)
    before = set(finds.glob(f"{folder}/*.hex"))
    (corpus / folder).mkdir(parents=True, exist_ok=True)
    arguments = [target, str(seconds), str(corpus / folder), str(finds), str(seed)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.engine", *arguments],
            cwd=ROOT,
            capture_output=True,
            timeout=seconds + START_S,
            check=False,
        )
        log, ended_well = done.stderr.decode(errors="replace"), done.returncode == 0
    except subprocess.TimeoutExpired as late:
        log, ended_well = (late.stderr or b"").decode(errors="replace") + "\ndid not end", False
    for left_over in finds.glob(f"{folder}-*"):  # too slow, or too much memory
        path = finds / folder / f"{zlib.crc32(left_over.read_bytes()):08x}.hex"
        path.parent.mkdir(exist_ok=True)
        kind = left_over.name.removeprefix(f"{folder}-").partition("-")[0]
        path.write_text(f"# {kind}\n{left_over.read_bytes().hex()}\n", encoding="utf-8")
        left_over.unlink()
    return Result(target, sorted(set(finds.glob(f"{folder}/*.hex")) - before), log, ended_well)


def fuzz_all(
    names: Sequence[str], seconds: float, corpus: Path, finds: Path, *, at_once: int = 1, seed: int = 0
) -> dict[str, Result]:
    def one(name: str) -> Result:
        result = fuzz(name, seconds, corpus, finds, seed)
        sys.stdout.write(told(result) + "\n")
        sys.stdout.flush()
        return result

    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(names, pool.map(one, names), strict=True))


def told(result: Result) -> str:
    """For people: what was found, where its bytes are, and what makes a test of them."""
    lines = [f"{result.target}: {result.executions} inputs, {len(result.finds)} finds"]
    for path in result.finds:
        reason, *inputs = path.read_text(encoding="utf-8").splitlines()
        place = (REGRESSIONS / result.target).relative_to(ROOT)
        lines += [
            f"  {reason.removeprefix('# ')}",
            f"  input: {inputs[0][:200] if inputs else ''}{' …' if len(''.join(inputs)) > 200 else ''}",
            f"  to make it a test: mkdir -p {place} && cp {path} {place}/",
        ]
    if not result.ended_well:
        lines.append(
            "  the process did not end as it should; it said last:\n    " + "\n    ".join(result.log.splitlines()[-12:])
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("target", nargs="*", help="all of them when none is named")
    parser.add_argument("--seconds", type=float, default=600, help="for each target (default 600)")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept from run to run (default: nowhere)")
    parser.add_argument("--finds", type=Path, default=ROOT / "var/fuzz", help="where finds go (default var/fuzz)")
    parser.add_argument("--at-once", type=int, default=1, help="how many processes (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="0 (default): another one each time")
    parser.add_argument("--list", action="store_true", help="name the targets and end")
    given = parser.parse_args()
    if given.list:
        sys.stdout.write("\n".join(targets.names()) + "\n")
        return 0
    with tempfile.TemporaryDirectory() as nowhere:
        results = fuzz_all(
            given.target or targets.names(),
            given.seconds,
            given.corpus or Path(nowhere),
            given.finds.resolve(),
            at_once=given.at_once,
            seed=given.seed,
        )
    broken = [result.target for result in results.values() if result.finds or not result.ended_well]
    sys.stdout.write(f"{len(results)} targets, broken: {', '.join(broken) or 'none'}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
