"""Pictures: rows or tensors in, a figure out; one file for each kind."""
