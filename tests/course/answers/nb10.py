"""Answers to notebook 10: right in different styles, and wrong."""

ANSWERS = {
    "ex10-stripes": (
        [
            "wrong_after_ten, certified_after = 22, 40",
            "wrong_after_ten, certified_after = np.array([22, 40])",
            "wrong_after_ten, certified_after = torch.tensor([22.0, 40.0])",
        ],
        [
            "wrong_after_ten, certified_after = 30, 40",
            "wrong_after_ten, certified_after = 22, 39",
            "wrong_after_ten, certified_after = 8, 41",
        ],
    ),
    "ex10-barrier": (
        [
            "my_input = [5 if t % 8 == 7 else 0.6 for t in range(64)]",
            "my_input = np.full((64, 1), 0.6)\nmy_input[::6] = 4",
            "my_input = torch.full((1, 64), 0.7)\nmy_input[:, 5::7] = 6",
            "my_input = torch.tensor([0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 5]).repeat(8).double()",
        ],
        [
            "my_input = torch.full((64,), 0.6)",
            "my_input = torch.full((64,), 5.0)",
            "my_input = torch.zeros(64)",
            "my_input = [0.6] * 63",
        ],
    ),
    "ex10-factor": (
        [
            "def carried_soft(h, decay, v_threshold):\n"
            "    f = torch.relu(1 - abs(h - v_threshold))\n"
            "    return (decay * (1 - v_threshold * f)).float()",
            "def carried_soft(h, decay, v_threshold):\n"
            "    f = np.maximum(0, 1 - np.abs(h.numpy() - v_threshold))\n"
            "    return decay - decay * v_threshold * f",
            "def carried_soft(h, decay, v_threshold):\n"
            "    def at(e):\n"
            "        return decay * (1 - v_threshold * max(0, 1 - abs(e - v_threshold)))\n"
            "    return [[at(e) for e in row] for row in h.tolist()]",
        ],
        [
            "def carried_soft(h, decay, v_threshold):\n    return decay + 0 * h",
            "def carried_soft(h, decay, v_threshold):\n"
            "    return decay * (1 - (1 - (h - 1).abs()).clamp(min=0))",
            "def carried_soft(h, decay, v_threshold):\n"
            "    return 1 - v_threshold * (1 - (h - v_threshold).abs()).clamp(min=0)",
            "def carried_soft(h, decay, v_threshold):\n    return decay * (h <= v_threshold)",
        ],
    ),
}
