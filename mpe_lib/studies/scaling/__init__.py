"""Time and memory of every neuron side by side: ``python -m mpe_lib.benchmark``."""
