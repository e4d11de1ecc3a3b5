"""What a check of the shapes finds: a fault, and how to mend it."""

from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong with a node of the shapes graph, and how to mend it."""

    node: str
    fault: str
    mend: str
