"""One neuron: its equations in plain torch, which know no engine."""
