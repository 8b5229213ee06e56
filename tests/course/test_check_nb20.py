import torch
from hints import hints

from mpe_lib.core.causal import leaky_sum
from mpe_lib.course.check import nb20


def hat(place, bins):
    return (1 - (torch.arange(bins)[:, None] - place).abs()).clamp(min=0)


def voxels(place, p, bins):
    return hat(place, bins) @ p


def by_events(place, p, bins):
    grid = torch.zeros(bins + 1)
    for where, sign in zip(place.tolist(), p.tolist(), strict=True):
        early = int(where)
        grid[early] += sign * (early + 1 - where)
        grid[early + 1] += sign * (where - early)
    return grid[:bins]


def alike(a, b):
    return torch.corrcoef(torch.stack((a.flatten(), b.flatten())))[0, 1]


def drawn(voxels, decay, before):
    pictures, v = [], before
    for x in voxels:
        v = decay * v + x
        pictures.append(v)
    return torch.stack(pictures)


def from_zero(voxels, decay, before):
    return drawn(voxels, decay, torch.zeros_like(before))


def spread(a, b):
    u, w = a - a.mean(), b - b.mean()
    return u, w, (u * w).sum()


def test_other_right_answers_pass(capsys):
    nb20.voxels(voxels)
    nb20.voxels(by_events)
    nb20.alike(alike)
    nb20.alike(
        lambda a, b: float(spread(a, b)[2] / spread(a, b)[0].norm() / spread(a, b)[1].norm())
    )
    nb20.fading(7, 10.0)
    nb20.drawn(drawn)
    nb20.drawn(lambda x, d, v: leaky_sum(torch.cat((v[None], x)), d)[1:])
    assert capsys.readouterr().out.count("Right.") == 7


test_hints_of_voxels = hints(nb20.voxels, [
    (lambda place, p, bins: hat(place, bins).sum(1), "p is missing"),
    (lambda place, p, bins: (1 - (torch.arange(bins)[:, None] - place).abs()) @ p,
     "gets nothing, not less"),
    (lambda place, p, bins: torch.bincount(place.long(), p, bins), "with the next bin as well"),
    (lambda place, p, bins: torch.bincount(place.round().long(), p, bins),
     "the nearest bin gets a part"),
    (lambda place, p, bins: ((1 - hat(place, bins)) * (hat(place, bins) > 0)) @ p,
     "the nearer bin gets the larger"),
    (lambda place, p, bins: torch.zeros(bins), "at distance d"),
    (lambda place, p, bins: torch.zeros(2), "one number for each bin"),
    (3, "should be a function"),
])  # fmt: skip

test_hints_of_alike = hints(nb20.alike, [
    (lambda a, b: (a * b).sum() / a.norm() / b.norm(), "take the mean of each"),
    (lambda a, b: spread(a, b)[2] / a.numel(), "the scale is unknown"),
    (lambda a, b: spread(a, b)[2], "the scale is unknown"),
    (lambda a, b: spread(a, b)[2] / spread(a, b)[0].norm() ** 2, "not of one twice"),
    (lambda a, b: spread(a, b)[2] / a.numel() / a.std() / b.std(), "divides by n - 1"),
    (lambda a, b: alike(a, b) ** 2, "its square"),
    (lambda a, b: 1 - alike(a, b), "that is a distance"),
    (lambda a, b: 0.123, "mean 0 and spread 1"),
    (lambda a, b: abs(alike(a, b)), "its negative it is -1"),
    (lambda a, b: "no", "should be one number"),
    (3, "should be a function"),
])  # fmt: skip

test_hints_of_fading = hints(nb20.fading, [
    ((6, 10), "still above one half"),
    ((8, 10), "a step before"),
    ((6.58, 10), "count whole steps"),
    ((6.931471805599453, 10), "small leak"),
    ((5, 10), "a tenth of the"),
    ((10, 10), "leaves a third"),
    ((3, 10), "how often"),
    ((7, 0.1), "that is 1 / tau"),
    ((7, 0.9), "that is what is kept"),
    ((7, 1 / 0.9), "is what is"),
    ((7, 9.491221581029903), "continuous time"),
    ((7, 4), "is what a step keeps"),
])  # fmt: skip

test_hints_of_drawn = hints(nb20.drawn, [
    (from_zero, "where is before"),
    (lambda x, d, v: from_zero(x, d, v) + v, "fades too"),
    (lambda x, d, v: d * drawn(x, d, v), "own events are not leaky"),
    (lambda x, d, v: torch.cat((v[None], drawn(x, d, v)[:-1])), "seen the first voxels already"),
    (lambda x, d, v: (1 - d) * drawn(x, d, v), "added whole"),
    (lambda x, d, v: x, "v starts at before"),
    (lambda x, d, v: x[0], "shaped like voxels"),
    (3, "should be a function"),
])  # fmt: skip
