"""Small numbers (小样本抑制): a count that could single somebody out is not told, and cannot be found by taking away.

Pure. `K`: of the domain brief (C10). A row of counts that is told together with its total gives away one hidden count:
so where exactly one is hidden, the smallest of the others is hidden with it.
"""

from collections.abc import Mapping

K = 10


def hidden(counts: Mapping[str, int], k: int = K) -> frozenset[str]:
    """Which of these counts must not be told, where their total is. Nought is told: it singles nobody out."""
    small = {name for name, count in counts.items() if 0 < count < k}
    if small and (len(small) == 1 or sum(counts[name] for name in small) < k):
        others = sorted((count, name) for name, count in counts.items() if name not in small and count)
        if others:
            small.add(others[0][1])
    return frozenset(small)


def told(counts: Mapping[str, int], k: int = K) -> tuple[dict[str, int | None], int | None]:
    """The counts with None for what is hidden, and their total: None where it would give the only one away."""
    secret = hidden(counts, k)
    total = sum(counts.values())
    is_all = secret and sum(counts[name] for name in secret) == total and (len(secret) == 1 or total < k)
    return {name: None if name in secret else count for name, count in counts.items()}, None if is_all else total
