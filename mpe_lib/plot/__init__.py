"""Pictures: rows or tensors in, a figure out; one file for each kind.

In all of them ``title`` is the message of the figure, inputs and potentials are in units of the
threshold where no other unit is named, shares are in [0, 1] and spikes 0 or 1. ``chance`` is the
share that guessing gets, for each question, drawn dotted. A picture that an explorer draws anew has
the ``seed`` of all its draws, ``mean`` and ``spread`` of its input, the ``decay`` kept per step.
"""
