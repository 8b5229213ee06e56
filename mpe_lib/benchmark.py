"""Time and memory of every neuron on this machine: ``python -m mpe_lib.benchmark``."""

from .studies.scaling.__main__ import main

if __name__ == "__main__":
    main()
