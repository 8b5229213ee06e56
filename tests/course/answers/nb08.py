"""Answers to notebook 08: right in different styles, and wrong."""

ANSWERS = {
    "ex08-turning": (
        [
            "adam_step, sgd_epochs = 25, 2.68",
            "adam_step = np.float32(25)\n"
            "sgd_epochs = [sgd_steps(0.05, 0.01, 0.24, 0.9, 0.0005) / 282]",
            "adam_step = 1 / 4 / 0.01\n"
            "sgd_epochs = np.log(1 + 0.0005 / 0.0024) * 0.1 / (0.05 * 0.0005) / 282",
        ],
        [
            "adam_step, sgd_epochs = 100, 2.68",
            "adam_step, sgd_epochs = 25, 757",
            "adam_step, sgd_epochs = 25, 0.1 / 0.05 / 0.0024 / 282",
        ],
    ),
    "ex08-softmax": (
        [
            "def softmax_gradient(kappa, mse):\n    return kappa * (mse - (kappa * mse).sum())",
            "def softmax_gradient(kappa, mse):\n"
            "    return (torch.diag(kappa) - torch.outer(kappa, kappa)) @ mse",
            "def softmax_gradient(kappa, mse):\n"
            "    kappa, mse = kappa.float().numpy(), mse.float().numpy()\n"
            "    return kappa * mse - kappa * kappa.dot(mse)",
            "def softmax_gradient(kappa, mse):\n"
            "    loss = sum(k * m for k, m in zip(kappa, mse))\n"
            "    return [k * (m - loss) for k, m in zip(kappa, mse)]",
        ],
        [
            "def softmax_gradient(kappa, mse):\n    return mse",
            "def softmax_gradient(kappa, mse):\n    return kappa * (mse - mse.mean())",
            "def softmax_gradient(kappa, mse):\n    return kappa * (kappa @ mse - mse)",
            "def softmax_gradient(kappa, mse):\n    return kappa * (1 - kappa) * mse",
            "def softmax_gradient(kappa, mse):\n    return kappa @ mse",
        ],
    ),
    "ex08-limit": (
        [
            "def mean_limit(decay):\n    return math.sqrt((1 + decay**2) / (4 + decay**2))",
            "def mean_limit(decay):\n    return round(((1 + decay**2) / (4 + decay**2)) ** 0.5, 3)",
            "def mean_limit(decay):\n"
            "    squares = torch.tensor([1 + decay**2, 4 + decay**2])\n"
            "    return (squares[0] / squares[1]).sqrt()",
            "def mean_limit(decay):\n"
            "    return np.float32(np.hypot(1, decay) / np.hypot(2, decay))",
        ],
        [
            "def mean_limit(decay):\n    return 0.5",
            "def mean_limit(decay):\n    return (1 + decay**2) / (4 + decay**2)",
            "def mean_limit(decay):\n    return (1 + decay) / (2 + decay)",
            "def mean_limit(decay):\n    return ((1 + 0.25**2) / (4 + 0.25**2)) ** 0.5",
        ],
    ),
}
