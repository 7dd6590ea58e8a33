"""How a name may stand in reference data: the first character and at most two stars."""


def mask_name(name: str) -> str:
    return name[0] + "*" * min(2, max(1, len(name) - 1))
