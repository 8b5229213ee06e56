"""Answers to notebook 00: right in different styles, and wrong."""

ANSWERS = {
    "ex00-shape": (
        [
            "shape = [100, 8, 32]",
            "shape = torch.zeros(100, 8, 32).shape",
            "shape = np.array([100, 8, 32])",
            "shape = torch.tensor([100.0, 8.0, 32.0])",
        ],
        [
            "shape = (8, 100, 32)",
            "shape = (100, 32, 8)",
            "shape = (100, 8)",
            "shape = '100, 8, 32'",
        ],
    ),
    "ex00-decay": (
        [
            "decay_of_tau_2, decay_of_beta_09 = 1 / 2, 0.9",
            "decay_of_tau_2, decay_of_beta_09 = np.float32(0.5), np.float32(0.9)",
            "decay_of_tau_2, decay_of_beta_09 = torch.tensor([0.5, 0.9])",
        ],
        [
            "decay_of_tau_2, decay_of_beta_09 = 2, 0.9",
            "decay_of_tau_2, decay_of_beta_09 = math.exp(-0.5), 0.9",
            "decay_of_tau_2, decay_of_beta_09 = 0.5, 0.1",
        ],
    ),
}
