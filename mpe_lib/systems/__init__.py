"""One further neuron a file, on core/ alone."""
