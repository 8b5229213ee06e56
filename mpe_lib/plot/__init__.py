"""Pictures: rows or tensors in, a figure out; one file for each kind.

In all of them ``title`` is the message of the figure, inputs and potentials are in units of the
threshold where no other unit is named, shares are in [0, 1] and spikes 0 or 1.
"""
