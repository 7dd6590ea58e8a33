"""Fuzzes one target in this process, which then ends: `python -m tests.fuzz.engine TARGET SECONDS CORPUS FINDS SEED`.

What is found is written to FINDS as a regression file; each bug once, and the fuzzing goes on, so that one bug does not
hide another. Only too slow an input and too much memory end it: libFuzzer leaves the input in FINDS.

Beside a fresh subject for each input, one subject gets them all: what it keeps is measured now and then.
"""

import contextlib
import hashlib
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

try:
    import atheris
except ImportError:  # no wheel for this machine: fuzz blindly
    atheris = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
TRIED = ("contract", "edge", "firmware_bridge", "h11", "simulators", "tests")
TRIED_OF = {"simulators": ("simulators.fault_schedule",), "tests": ("tests.fuzz.planted",)}  # of these no more


def _tools() -> list[str]:
    """Modules that only serve here: coverage of theirs would lead the fuzzer astray."""
    paths = [path for top in TRIED_OF for path in (ROOT / top).rglob("*.py")]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths}
    return sorted(names - {name for tried in TRIED_OF.values() for name in tried})


def watched() -> contextlib.AbstractContextManager[None]:
    """What is imported meanwhile tells the fuzzer which of its branches were taken."""
    if not atheris:
        return contextlib.nullcontext()
    return atheris.instrument_imports(include=list(TRIED), exclude=_tools())  # type: ignore[no-any-return]


with watched():
    from tests.fuzz import samples, targets
    from tests.fuzz.target import Broken, Subject, Target

MOST_BYTES = 4096  # of an input
SLOW_S = 10
RSS_MB = 512
MEASURED_EVERY = 500
LIFE = 5000  # inputs that one subject gets
SHRINKING_S = 5.0

Signature = tuple[str, ...]


class Fuzzer:
    def __init__(self, target: Target, name: str, finds: Path) -> None:
        self._target, self._name, self._finds = target, name, finds
        self._known: set[Signature] = set()
        self._begin_life()

    def _begin_life(self) -> None:
        self._old: Subject = self._target.fresh(False)
        self._history: list[bytes] = []

    def try_one(self, data: bytes) -> None:
        if self._is_new([data], lambda: self._target.fresh(True).feed(data)):
            return
        self._history.append(data)
        failed = self._is_new(self._history, lambda: self._old.feed(data))
        if not failed and len(self._history) % MEASURED_EVERY == 0:
            failed = self._is_new(self._history, lambda: self._target.check_kept(self._old))
        if failed or len(self._history) >= LIFE:
            self._begin_life()

    def _is_new(self, inputs: Sequence[bytes], attempt: Callable[[], None]) -> bool:
        """True when it failed, be the bug known or new."""
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - whatever it raises is the find
            if (signature := _signature(error)) not in self._known:
                self._known.add(signature)
                self._write(self._shrunk(list(inputs), signature), error)
            return True
        return False

    def _shrunk(self, inputs: list[bytes], signature: Signature) -> list[bytes]:
        """Fewer and shorter inputs that fail in the same way on a new subject; all of them when none do."""
        until = time.monotonic() + SHRINKING_S

        def fails(tried: Sequence[bytes]) -> bool:
            try:
                self._target.run(tried)
            except Exception as error:  # noqa: BLE001
                return _signature(error) == signature
            return False

        count = 1
        while count < len(inputs) and not fails(inputs[-count:]):
            count *= 2
        inputs = inputs[-count:]
        for index in range(len(inputs)):
            size = len(inputs[index])
            while size and time.monotonic() < until:
                size //= 2
                at = 0
                while size and at < len(inputs[index]) and time.monotonic() < until:
                    shorter = inputs[index][:at] + inputs[index][at + size :]
                    if fails([*inputs[:index], shorter, *inputs[index + 1 :]]):
                        inputs[index] = shorter
                    else:
                        at += size
        return inputs

    def _write(self, inputs: Sequence[bytes], error: Exception) -> None:
        lines = "\n".join(data.hex() for data in inputs)
        digest = hashlib.sha256(lines.encode()).hexdigest()[:12]
        told = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        path = self._finds / self._name.replace(":", "_") / f"{digest}.hex"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {told}\n{lines}\n", encoding="utf-8")
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        sys.stderr.write(f"FIND {self._name}: {told}\n  {path}\n")


def _signature(error: Exception) -> Signature:
    """Which bug it is: the kind, and for a broken rule which one, else the project's line that it came out of."""
    if isinstance(error, Broken):
        return ("Broken", str(error).partition(":")[0])
    places = traceback.extract_tb(error.__traceback__)
    ours = [place for place in places if Path(place.filename).is_relative_to(ROOT) and ".venv" not in place.filename]
    return (type(error).__name__, ours[-1].filename, str(ours[-1].lineno))


def guided(fuzzer: Fuzzer, target: Target, name: str, seconds: float, corpus: Path, finds: Path, seed: int) -> None:
    """Never returns."""
    words = corpus / "words.txt"
    folder = corpus / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    for data in _seeds(target):
        folder.joinpath(hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    known = samples.words(target.code) or [b"\0"]  # libFuzzer takes no empty file
    quoted = ("".join(f"\\x{byte:02x}" for byte in word) for word in known)
    words.write_text("".join(f'"{word}"\n' for word in quoted), encoding="ascii")
    left_over = finds / f"{name.replace(':', '_')}-"  # libFuzzer's own finds: slow-unit, oom
    atheris.Setup(
        [
            "fuzz",
            f"-max_total_time={max(1, round(seconds))}",
            f"-max_len={MOST_BYTES}",
            f"-timeout={SLOW_S}",
            f"-rss_limit_mb={RSS_MB}",
            f"-seed={seed}",
            f"-dict={words}",
            f"-artifact_prefix={left_over}",
            "-print_final_stats=1",
            "-report_slow_units=60",
            str(folder),
        ],
        fuzzer.try_one,
    )
    atheris.Fuzz()


def blind(fuzzer: Fuzzer, target: Target, seconds: float, seed: int) -> None:
    """Without coverage: seeds with bytes changed, cut, doubled and joined."""
    rng, seeds = Random(seed), _seeds(target)
    until = time.monotonic() + seconds
    for data in seeds:
        fuzzer.try_one(data)
    count = len(seeds)
    while time.monotonic() < until:
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 8)):
            at, end = sorted(rng.randint(0, len(data)) for _ in range(2))
            match rng.randrange(4):
                case 0 if at < len(data):
                    data[at] ^= 1 << rng.randrange(8)
                case 1:
                    del data[at : min(end, at + 16)]
                case 2:
                    data[at:at] = rng.choice((data[at:end], rng.randbytes(rng.randint(1, 8))))
                case _:
                    data[at:] = rng.choice(seeds)[at:]
        fuzzer.try_one(bytes(data[:MOST_BYTES]))
        count += 1
    sys.stderr.write(f"stat::number_of_executed_units: {count}\n")  # as libFuzzer says it


def _seeds(target: Target) -> list[bytes]:
    found = [data for _, inputs in samples.regressions(target.name) for data in inputs]
    return [data[:MOST_BYTES] for data in (*target.seeds(), *found)] or [b"\0"]


def main() -> None:
    name, seconds, corpus, finds, seed = sys.argv[1:]
    with watched():
        target = targets.find(name)
    fuzzer = Fuzzer(target, name, Path(finds))
    if atheris:
        guided(fuzzer, target, name, float(seconds), Path(corpus), Path(finds), int(seed))
    blind(fuzzer, target, float(seconds), int(seed))


if __name__ == "__main__":
    main()
