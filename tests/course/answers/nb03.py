"""Answers to notebook 03: right in different styles, and wrong."""

ANSWERS = {
    "ex03-agreement": (
        [
            "equal, missed, extra = 0.7, 0.2, 0.1",
            "equal, missed, extra = np.array([7, 2, 1], 'float32') / 10",
            "equal, missed, extra = torch.tensor([0.7, 0.2, 0.1])",
            "exact = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0, 0])\n"
            "guess = np.array([0, 1, 1, 0, 0, 1, 0, 0, 0, 0])\n"
            "equal, missed = np.mean(exact == guess), np.mean(exact > guess)\n"
            "extra = np.mean(exact < guess)",
        ],
        [
            "equal, missed, extra = 7, 2, 1",
            "equal, missed, extra = 0.7, 0.1, 0.2",
            "equal, missed, extra = 0.2, 0.2, 0.1",
            "equal, missed, extra = 0.7, 0.5, 0.1",
        ],
    ),
    "ex03-accumulation": (
        [
            "kind, missed_spikes = 'missed', 10",
            "kind, missed_spikes = np.array('Missed '), np.int64(10)",
            "kind = 'MISSED'\nmissed_spikes = lif_sequence(torch.full((40, 1), 0.3), 0.9).s.sum()",
        ],
        [
            "kind, missed_spikes = 'extra', 10",
            "kind, missed_spikes = 'missed', 13",
            "kind, missed_spikes = 'missed', 40",
        ],
    ),
    "ex03-worse": (
        [
            "mean_input, spread = 1.1, 0.2",
            "mean_input, spread = np.float32(1.25), torch.tensor(0.4)",
            "mean_input, spread = torch.tensor([1.3, 0.35])",
        ],
        [
            "mean_input, spread = 1.5, 0.5",
            "mean_input, spread = 1.0, 0.1",
            "mean_input, spread = 1.02, 0.12",
            "mean_input, spread = 0.5, 0.5",
            "mean_input, spread = -1, 0.2",
        ],
    ),
}
