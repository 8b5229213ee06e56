"""The same neurons fused, and who computes them."""
