"""Video from events, by membranes and by a small trained net: ``python -m mpe_lib.studies.video``.

Two photographs of scikit-learn move before the pixel model of :mod:`mpe_lib.datasets.events`.
From the events alone a picture is drawn at each step: by one membrane for each pixel, with five
decays, and by EVSNN with three. Decay 1 is plain integration, which knows nothing but the events;
a flat grey picture knows not even those. Training, validation and test see other parts of the
photographs. Events tell changes, so the level and the scale of a picture are unknown: scored are
the correlation with the true log intensity, and the structural similarity once mean and spread are
those of the truth.

All settings were fixed on other columns of the photographs than those of the test part. The net is
as small as a few minutes on one CPU core allow. Its learning rate, and when to stop, are chosen on
the validation part, with the same search for each decay.
"""

import math
from argparse import Namespace
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.causal import leaky_sum
from ..datasets.events import dvs_events
from ..systems.evsnn import EVSNN, scaled, voxel_grid
from .study import Study, command

SETTINGS = {
    "side": 24,  # pixels of the sensor
    "pool": 2,  # pixels of a photograph, in each direction, that one of the sensor sees
    "reach": 18.0,  # pixels of the sensor that the view moves from its middle before it turns
    "speed": [0.6, 1.6],  # pixels a step
    "steps": 30,
    "fine": 4,  # pictures a step that the pixel model is given
    "contrast": 0.2,  # change of log intensity that makes an event
    "dark": 0.2,  # added to the light, 0 to 1, before the logarithm
    "least": 0.2,  # spread of log intensity below which a place is too plain to be taken
    "recordings": {"train": 120, "validation": 24, "test": 40},
    "skip": 10,  # steps that are not scored: nothing is known at the start
    "decays": [0.0, 0.5, 0.8, 0.9, 1.0],
    "net": {"channels": [8, 16], "tau": 2.0, "gain": 10.0},
    "net_decays": [0.0, 0.5, 0.95],
    "rates": [0.01, 0.02],
    "iterations": 300,
    "every": 50,  # iterations after which the validation part is looked at
    "batch": 4,
}
COLUMNS = {"train": [(0, 128), (256, 512)], "validation": [(128, 256)], "test": [(512, 640)]}
INTERVAL = 2_500  # microseconds between two pictures


class Views(NamedTuple):
    """Recordings: the events as voxels, and the true log intensity, each ``[T, N, H, W]``."""

    voxels: Tensor
    truth: Tensor


@lru_cache(maxsize=1)
def photographs() -> tuple[np.ndarray, ...]:
    """The light of two photographs, ``[427, 640]`` in [0, 1]: a temple in China, a flower."""
    from sklearn.datasets import load_sample_images

    return tuple(each.mean(2, dtype=np.float32) / 255 for each in load_sample_images().images)


def scenes(part: str, n: int, seed: int, settings: dict = SETTINGS) -> Tensor:
    """Log intensity ``[steps * fine + 1, n, side, side]`` of places that move through the view.

    Each goes straight on from a drawn place, in a drawn direction at a drawn speed, and turns
    where the view would leave its part of the photograph.

    Args:
        part: "train", "validation" or "test".
        n: how many.
        seed: of all that is drawn.
    """
    rng = np.random.default_rng([seed, list(COLUMNS).index(part)])
    pool, reach, view = settings["pool"], settings["reach"], settings["pool"] * settings["side"]
    wide, dark, places = view + 2 * int(pool * reach), settings["dark"], []
    light = [each[:, slice(*ends)] for each in photographs() for ends in COLUMNS[part]]
    while len(places) < n:
        scene = light[rng.integers(len(light))]
        row, column = (rng.integers(side - wide + 1) for side in scene.shape)
        place = scene[row : row + wide, column : column + wide]
        if np.log(dark + place).std() >= settings["least"]:
            places.append(place)
    places = torch.from_numpy(np.stack(places))[:, None]
    angle, speed = 2 * np.pi * rng.random(n), rng.uniform(*settings["speed"], n)
    velocity = speed * np.stack((np.cos(angle), np.sin(angle)))  # [2, n]
    time = np.arange(settings["steps"] * settings["fine"] + 1) / settings["fine"]
    path = rng.uniform(-reach, reach, (2, n)) + time[:, None, None] * velocity
    path = np.abs((path - reach) % (4 * reach) - 2 * reach) - reach  # there and back
    where = torch.zeros(n, 2, 3)
    where[:, 0, 0] = where[:, 1, 1] = view / wide
    seen = []
    for at in torch.from_numpy(path).float().unbind(0):
        where[:, :, 2] = 2 * pool * at.T / wide
        grid = F.affine_grid(where, (n, 1, view, view), align_corners=False)
        seen.append(F.avg_pool2d(F.grid_sample(places, grid, align_corners=False), pool)[:, 0])
    return torch.log(dark + torch.stack(seen))


def recorded(scene: Tensor, settings: dict = SETTINGS) -> Views:
    """What the pixels send of a scene ``[steps * fine + 1, N, H, W]``, step by step."""
    images, n, height, width = scene.shape
    events = dvs_events((each.numpy() for each in scene), INTERVAL, settings["contrast"])
    bins, span = settings["steps"] + 1, (0, (images - 1) * INTERVAL)
    voxels, owner = [], events[1] // (height * width)
    for k in range(n):
        t, pixel, p = (each[owner == k] for each in events)
        column, row = pixel % width, pixel // width % height
        voxels.append(voxel_grid(t, column, row, p, bins, (width, height), span))
    return Views(torch.stack(voxels, 1), scene[:: settings["fine"]].contiguous())


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Correlation over the pixels of pictures ``[..., H, W]``; that of a flat one is 0.

    >>> a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> correlation(a, 5 - 2 * a).item(), correlation(a, torch.ones(2, 2)).item()
    (-1.0, 0.0)
    """
    a, b = (each - each.mean((-1, -2), keepdim=True) for each in (a, b))
    return F.cosine_similarity(a.flatten(-2), b.flatten(-2), -1)


def aligned(picture: Tensor, truth: Tensor) -> Tensor:
    """The picture with the mean and the spread of the truth, each over its pixels."""
    axes = {"dim": (-1, -2), "keepdim": True, "correction": 0}
    (spread, mean), (scale, level) = (torch.std_mean(each, **axes) for each in (picture, truth))
    return level + scale * (picture - mean) / torch.where(spread > 0, spread, 1)


def ssim(a: Tensor, b: Tensor, span: float, side: int = 7) -> Tensor:
    """Structural similarity of pictures ``[..., H, W]``: the mean over all windows of

    ``(2 m_a m_b + c)(2 s_ab + d) / ((m_a^2 + m_b^2 + c)(s_aa + s_bb + d))``, with means m and
    covariances s of a window, ``c = (.01 span)^2`` and ``d = (.03 span)^2``.

    Args:
        a, b: of one shape.
        span: difference of the largest and the smallest value that a picture could hold.
        side: of the square windows, in pixels, all of the same weight.

    Source: Z. Wang et al., IEEE TIP 13(4), 600 (2004), doi 10.1109/TIP.2003.819861.

    >>> a = torch.rand(9, 9, generator=torch.Generator().manual_seed(0))
    >>> round(ssim(a, a, 1.0).item(), 6), ssim(a, 1 - a, 1.0).item() < 0
    (1.0, True)
    """

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x.double().reshape(-1, 1, *x.shape[-2:]), side, 1)

    m_a, m_b = mean(a), mean(b)
    s_aa, s_bb, s_ab = mean(a * a) - m_a**2, mean(b * b) - m_b**2, mean(a * b) - m_a * m_b
    c, d = (0.01 * span) ** 2, (0.03 * span) ** 2
    score = (2 * m_a * m_b + c) * (2 * s_ab + d)
    score = score / ((m_a**2 + m_b**2 + c) * (s_aa + s_bb + d))
    return score.mean((1, 2, 3)).view(a.shape[:-2])


def judged(pictures: Tensor, truth: Tensor, settings: dict = SETTINGS) -> dict[str, float]:
    """Both scores, in the mean over the recordings and all steps but the first."""
    made, real = pictures[settings["skip"] :], truth[settings["skip"] :]
    span = math.log1p(1 / settings["dark"])
    return {
        "correlation": round(correlation(made, real).mean().item(), 4),
        "ssim": round(ssim(aligned(made, real), real, span).mean().item(), 4),
    }


def fit(train: Views, validation: Views, decay: float, rate: float, seed: int, settings: dict):
    """Train EVSNN; (the net where it was best on the validation part, its score there)."""
    torch.manual_seed(seed)
    net = EVSNN(**settings["net"], tau_out=1 / (1 - decay))
    optimiser = torch.optim.Adam(net.parameters(), rate)
    draw, best, kept = torch.Generator().manual_seed(seed), -math.inf, {}
    x, seen = scaled(train.voxels), scaled(validation.voxels)
    for k in range(1, settings["iterations"] + 1):
        some = torch.randint(x.shape[1], (settings["batch"],), generator=draw)
        made, real = turned(x[:, some], train.truth[:, some], draw)
        loss = 1 - correlation(net(made), real)[settings["skip"] :].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if k % settings["every"] == 0:
            with torch.no_grad():
                score = judged(net(seen), validation.truth, settings)["correlation"]
            if score > best:
                best, kept = score, {name: w.clone() for name, w in net.state_dict().items()}
    net.load_state_dict(kept)
    return net, best


def turned(x: Tensor, y: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Voxels and truth mirrored, turned, and each with its light inverted or not."""
    up, left, corner = (torch.rand(3, generator=draw) < 0.5).tolist()
    sign = 1 - 2 * (torch.rand(x.shape[1], 1, 1, generator=draw) < 0.5).float()
    axes = [axis for axis, yes in ((2, up), (3, left)) if yes]
    x, y = (sign * each.flip(axes) for each in (x, y))
    return (x.mT, y.mT) if corner else (x, y)


def views(part: str, seed: int, settings: dict = SETTINGS) -> Views:
    """The recordings of a part."""
    return recorded(scenes(part, settings["recordings"][part], seed, settings), settings)


def jobs(seeds: int) -> Iterator[dict]:
    """All ways to draw, with one seed after the other; the flat picture has no decay."""
    ways = {"flat": [None], "membrane": SETTINGS["decays"], "EVSNN": SETTINGS["net_decays"]}
    for seed in range(seeds):
        yield from ({"way": w, "decay": d, "seed": seed} for w, each in ways.items() for d in each)


def run(job: dict, settings: dict = SETTINGS) -> dict:
    """Draw the validation and the test part in one way; what is trained is chosen on the first."""
    way, decay, seed, facts = job["way"], job["decay"], job["seed"], {}
    validation = views("validation", seed, settings)
    if way == "EVSNN":
        parts = views("train", seed, settings), validation
        found = {rate: fit(*parts, decay, rate, seed, settings) for rate in settings["rates"]}
        facts["rate"] = max(found, key=lambda rate: found[rate][1])
        net = found[facts["rate"]][0]

    @torch.no_grad()
    def scores(seen: Views) -> dict[str, float]:
        if way == "EVSNN":
            made = net(scaled(seen.voxels))
        else:
            made = 0 * seen.voxels if way == "flat" else leaky_sum(seen.voxels, decay)
        return judged(made, seen.truth, settings)

    return facts | {"validation": scores(validation)} | scores(views("test", seed, settings))


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    what = "pictures from events: membranes, plain integration, EVSNN; correlation and SSIM"
    return Study(name="video", what=what, settings=SETTINGS, jobs=jobs, run=run, seeds=3)


if __name__ == "__main__":
    command(study, __doc__)
