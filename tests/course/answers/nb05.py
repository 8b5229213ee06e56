"""Answers to notebook 05: right in different styles, and wrong."""

ANSWERS = {
    "ex05-tet": (
        [
            "def my_tet(logits, target):\n"
            "    return torch.stack([cross_entropy(z, target) for z in logits]).mean()",
            "def my_tet(logits, target):\n"
            "    return cross_entropy(logits.flatten(0, 1), target.repeat(len(logits)))",
            "def my_tet(logits, target):\n"
            "    return np.mean([cross_entropy(z, target).item() for z in logits])",
            "def my_tet(logits, target):\n"
            "    z, target = logits.double().numpy(), target.numpy()\n"
            "    logs = z - np.log(np.exp(z).sum(-1, keepdims=True))\n"
            "    return -logs[:, np.arange(len(target)), target].mean()",
        ],
        [
            "def my_tet(logits, target):\n"
            "    return sum(cross_entropy(z, target) for z in logits) / 4",
            "def my_tet(logits, target):\n    return cross_entropy(logits.mean(0), target)",
            "def my_tet(logits, target):\n    return sum(cross_entropy(z, target) for z in logits)",
            "from mpe_lib import tet_loss\n"
            "def my_tet(logits, target):\n    return tet_loss(logits, target)",
            "from mpe_lib import tet_loss as loss\n"
            "def my_tet(logits, target):\n    return loss(logits, target)",
            "def my_tet(logits, target):\n"
            "    from mpe_lib import tet_loss\n"
            "    return tet_loss(logits, target)",
            "def my_tet(logits, target):\n    return 1.4",
        ],
    ),
    "ex05-relative": (
        [
            "first_relative, second_relative, better = 0.447, 0.707, 1",
            "first_relative, second_relative = np.sqrt(np.array([0.2, 0.5], 'float32'))\n"
            "better = np.int64(1)",
            "first_relative, second_relative = torch.tensor([0.2, 0.5]).sqrt()\n"
            "better = torch.tensor(1)",
        ],
        [
            "first_relative, second_relative, better = 0.2, 0.5, 1",
            "first_relative, second_relative, better = 0.447, 0.707, 2",
            "first_relative, second_relative, better = 0.632, 0.316, 1",
        ],
    ),
    "ex05-honest": (
        [
            "def reported(validation, test):\n    return test[int(np.argmax(validation))]",
            "def reported(validation, test):\n    return max(zip(validation, test))[1]",
            "def reported(validation, test):\n"
            "    return torch.tensor(test)[torch.tensor(validation).argmax()]",
            "def reported(validation, test):\n"
            "    best = 0\n"
            "    for epoch, accuracy in enumerate(validation):\n"
            "        if accuracy > validation[best]:\n"
            "            best = epoch\n"
            "    return np.float32(test[best])",
        ],
        [
            "def reported(validation, test):\n    return sorted(test)[1]",
            "def reported(validation, test):\n    return max(test)",
            "def reported(validation, test):\n    return test[1]",
            "def reported(validation, test):\n    return max(validation)",
            "def reported(validation, test):\n    return test[-1]",
            "def reported(validation, test):\n    return 0.7",
        ],
    ),
}
