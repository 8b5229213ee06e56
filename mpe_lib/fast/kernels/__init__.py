"""Fused Triton kernels of the exact LIF and of the estimate: backend "triton".

``lif.py`` and ``mpe.py`` hold the kernels, ``steps.py`` the lines that both are made of,
``launch.py`` makes torch operators of them. Importing this package needs Triton. On a machine
without a GPU they run in Triton's interpreter (``TRITON_INTERPRET=1`` before the first import):
slow, and the same numbers.
"""

from . import lif as lif_kernels
from .launch import lif, mpe
from .steps import KNOWN

__all__ = ["knows", "lif", "lif_kernels", "mpe"]


def knows(kind: str, name: str) -> bool:
    """Is there a reset, surrogate or rule of this name in the kernels?"""
    return name in KNOWN[kind]
