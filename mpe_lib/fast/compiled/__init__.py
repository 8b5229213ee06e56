"""The neurons as fused loops on a CPU: backend "compile".

``lif.c`` and ``mpe.c`` hold the loops, ``lines.h`` the lines that both are made of, ``build.py``
has the machine's own C compiler build them, ``launch.py`` makes torch functions of them.

Why C, and not torch.compile: that unrolls the steps of the exact neuron into one expression, which
reads all rows of x at once where a cache likes one after the other; it builds anew for every number
of steps; and its guards stand between the call and the loop, which a small layer feels.
"""

from .build import place_of, why_not
from .launch import lif, mpe

__all__ = ["knows", "lif", "mpe", "why_not"]


def knows(kind: str, name: str) -> bool:
    """Is there a reset, surrogate or rule of this name in the loops?"""
    return place_of(kind, name) >= 0
