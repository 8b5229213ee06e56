"""Stand-in until the kernels land: which ways to run a neuron are usable on a device."""


def available(device: str = "cpu") -> tuple[str, ...]:
    """Names of the backends that a device can use now."""
    return ("torch",)
