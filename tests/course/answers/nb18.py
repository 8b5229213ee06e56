"""Answers to notebook 18: right in different styles, and wrong."""

FIRST = """
def first_spike(t_in, weight, v_threshold):
    pairs = {pairs}
    for k in range(len(pairs)):
        slope = sum(w for _, w in pairs[: k + 1])
        lifted = sum(t * w for t, w in pairs[: k + 1])
        end = pairs[k + 1][0] if k + 1 < len(pairs) else math.inf
        if slope > 0 and {crosses}:
            return {end}
    return {silent}
"""
SLOPES = """
def slopes(t_in, weight, t_out):
    causal = (t_in < t_out).double()
    if math.isinf(t_out):
        return {silent}
    return {end}
"""
SWEEP = """
def one_sweep(arrival, edges, delays):
    new = {start}
    for u, v, d in zip(*edges.tolist(), delays.tolist()):
        new[v] = {heard}
    return {end}
"""


def first(
    pairs="sorted(zip(t_in.tolist(), weight.tolist()))",
    crosses="v_threshold + lifted < slope * end",
    end="(v_threshold + lifted) / slope",
    silent="math.inf",
):
    return FIRST.format(pairs=pairs, crosses=crosses, end=end, silent=silent)


def slopes(end="causal * (t_in - t_out) / (causal * weight).sum()", silent="0 * weight"):
    return SLOPES.format(end=end, silent=silent)


def sweep(start="arrival.clone()", heard="min(new[v], arrival[u] + d)", end="new"):
    return SWEEP.format(start=start, heard=heard, end=end)


ANSWERS = {
    "ex18-latency": (
        [
            "times, fires_at = (0, 1, 1.5), 1.4",
            "times, fires_at = np.array([0, 1, 1.5], 'float32'), np.float32(1.4)",
            "times = 2 * (1 - torch.tensor([1, 0.5, 0.25]))\n"
            "fires_at = 1 + 0.5 / torch.tensor([1.25])",
        ],
        [
            "times, fires_at = [2, 1, 0.5], 1.4",
            "times, fires_at = [0, 1, 1.5], 1.571",
            "times, fires_at = [0, 1, 1.5], 2",
            "times, fires_at = [0, 0.5, 0.75], 1.4",
        ],
    ),
    "ex18-time": (
        [
            first(
                end="torch.tensor((v_threshold + lifted) / slope)", silent="torch.tensor(math.inf)"
            ),
            first(end="np.float32((v_threshold + lifted) / slope)", silent="np.inf"),
            first(end="torch.tensor([(v_threshold + lifted) / slope])", silent="float('inf')"),
        ],
        [
            first(pairs="list(zip(t_in.tolist(), weight.tolist()))"),
            first(crosses="True"),
            first(silent="0"),
            first(end="round((v_threshold + lifted) / slope, 1)"),
        ],
    ),
    "ex18-slope": (
        [
            slopes(),
            slopes(end="list(causal * (t_in - t_out) / weight[t_in < t_out].sum())"),
            slopes(
                end="np.where(t_in < t_out, (t_in - t_out) / (causal @ weight), 0)",
                silent="np.zeros(len(weight))",
            ),
            slopes(
                end="(causal * (t_in - t_out) / (causal * weight).sum()).float()",
                silent="[0] * len(weight)",
            ),
        ],
        [
            slopes(end="causal * (t_out - t_in) / (causal * weight).sum()"),
            slopes(end="causal * (t_in - t_out) / weight.sum()"),
            slopes(end="(t_in - t_out) / (causal * weight).sum()"),
            slopes(silent="t_in - t_out"),
            slopes(end="causal * weight / (causal * weight).sum()"),
        ],
    ),
    "ex18-sweep": (
        [
            sweep(),
            sweep(start="arrival.tolist()", heard="min(new[v], float(arrival[u]) + d)"),
            sweep(end="new.numpy().astype('float32')"),
            "def one_sweep(arrival, edges, delays):\n"
            "    new = arrival.numpy().copy()\n"
            "    np.minimum.at(new, edges[1].numpy(), (arrival[edges[0]] + delays).numpy())\n"
            "    return new",
        ],
        [
            sweep(heard="arrival[u] + d"),
            sweep(heard="min(new[v], new[u] + d)"),
            sweep(heard="min(new[v], arrival[u] + 1)"),
            sweep(start="torch.full_like(arrival, math.inf)"),
        ],
    ),
    "ex18-detour": (
        [
            "delays_found = (1, 1, 1, 4)",
            "delays_found = np.array([2, 2, 3, 8], 'int16')",
            "delays_found = torch.tensor([2.0, 2.0, 2.0, 7.0])",
        ],
        [
            "delays_found = [1, 1, 1, 9]",
            "delays_found = [2, 2, 2, 6]",
            "delays_found = [2, 2, 2, 5]",
            "delays_found = [1, 1, 1]",
        ],
    ),
}
