"""Layers and networks of spiking neurons, and what their spikes cost."""
