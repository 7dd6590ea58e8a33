"""Which pages are looked at again (抽样复核): 1 %, drawn so that anybody can repeat it. Pure.

The *lot* of a page is the SHA-256 of "<seed>\\n<page>"; the lowest lots are drawn.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256

SHARE = 100  # one of so many, at least one (P)


def draw(seed: str, pages: Collection[str]) -> Sequence[str]:
    """`pages`: `<item>/<page>` each once, in any order."""
    lots = sorted((sha256(f"{seed}\n{page}".encode()).hexdigest(), page) for page in pages)
    return [page for _, page in lots[: -(-len(lots) // SHARE)]]


def fingerprint(pages: Collection[str]) -> str:
    """Of what was drawn from: SHA-256 of the pages in their order, a line each."""
    return sha256("\n".join(sorted(pages)).encode()).hexdigest()
