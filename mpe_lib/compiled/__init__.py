"""The neurons as fused loops on a CPU: backend "compile".

``lif.c`` and ``mpe.c`` hold the loops, ``lines.h`` the lines that both are made of, ``build.py``
has the machine's own C compiler build them, ``launch.py`` makes torch functions of them.

Why C, and not torch.compile, which we tried first: it unrolls the steps of the exact neuron into
one expression that reads all rows of x at once, which no cache likes; it takes half a minute for 64
steps and again for every other number of steps; and a call through its guards costs as much as a
thousand neurons do.
"""

from .build import why_not
from .launch import lif, mpe

__all__ = ["lif", "mpe", "why_not"]
