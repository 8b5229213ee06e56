import pytest
import torch

from mpe_lib import load_dataset
from mpe_lib.training import Part
from mpe_lib.training.augment import augment
from mpe_lib.training.neurons import maker
from mpe_lib.training.tasks import (
    BUILT_IN,
    DATASETS,
    NETWORKS,
    PAPER,
    RECIPES,
    network_of,
    parts_of,
    plan_of,
)

CASES = [(recipe, dataset) for recipe, plans in RECIPES.items() for dataset in plans]


def made_up(dataset, plan, classes=11, n=3):
    """Parts of the shape that a plan asks for."""
    channels = (2, *plan.size) if plan.size else (700,)
    frames = torch.randint(3, (plan.steps, n, *channels), dtype=torch.uint8)
    return (Part(frames, torch.arange(n) + classes - n),) * 3


@pytest.mark.parametrize(("recipe", "dataset"), CASES)
def test_every_plan_makes_a_network_that_takes_its_frames(recipe, dataset):
    plan = plan_of(dataset, recipe)
    parts = made_up(dataset, plan)
    small = {} if plan.network in ("event", "spoken") else {"width": 32}
    network = network_of(plan, parts, maker("mpe", learn_threshold=True), **small)()
    frames = parts[0].frames[:2].float()
    logits, loss = network(frames)
    assert logits.shape == (2, 3, 11) and loss.ndim == 0
    labels = parts[0].labels
    if plan.recipe.augment:
        generator = torch.Generator().manual_seed(0)
        new, _ = augment(frames, labels, plan.recipe.augment, generator, dataset=dataset)
        assert new.shape == frames.shape


def test_the_paper_s_plans_are_those_of_its_scripts():
    for name, plan in PAPER.items():
        assert plan.recipe.optimiser == "sgd" and plan.recipe.momentum == 0.9
        assert plan.recipe.weight_decay == 5e-4 and plan.recipe.epochs == 230
        assert plan.learn_threshold and plan.by == "count"
        assert plan.recipe.membrane_weight == (0.01 if name == "cifar10-dvs" else 0.001)
    assert "flip" not in PAPER["dvs-gesture"].recipe.augment
    membrane_at = PAPER["ncaltech101"].recipe.membrane_at
    assert membrane_at(74) > 0 == membrane_at(75)


@pytest.mark.parametrize("dataset", BUILT_IN)
def test_the_built_in_parts_share_nothing(dataset):
    parts = parts_of(dataset, plan_of(dataset, "small"))
    assert [len(part.labels) for part in parts] == [1078, 360, 359]
    keys = [row.numpy().tobytes() for part in parts for row in part.frames.unbind(1)]
    assert len(set(keys)) > 1790  # a few of the small digits may look the same


@pytest.mark.parametrize("size", [(15, 15), (10, 5), (40, 40), None])
def test_a_size_that_the_built_in_data_cannot_have_is_refused(size):
    plan = plan_of("digit", "small")._replace(size=size)
    with pytest.raises(ValueError, match=r"one of \(20, 20\), \(10, 10\).* for digit, got"):
        parts_of("digit", plan)


def test_real_recordings_are_framed_as_the_plan_says(nmnist_root, tmp_path, monkeypatch):
    monkeypatch.setenv("MPE_CACHE", str(tmp_path))
    plan = plan_of("nmnist", "small")
    parts = parts_of("nmnist", plan, root=nmnist_root)
    assert [part.frames.shape[1] for part in parts] == [629, 71, 50]
    for part, name in zip(parts, ("train", "validation", "test"), strict=True):
        assert part.frames.shape[2:] == (2, 17, 17)
        files = load_dataset("nmnist", name, root=nmnist_root)
        assert part.frames[:, 0].sum() == len(files.events(0)[0])


def test_what_is_not_there_says_what_is():
    assert set(DATASETS) >= {"digit", "order", "nmnist", "shd"}
    assert {"event", "vgg", "gesture", "resnet19"} <= NETWORKS.keys()
    with pytest.raises(ValueError, match="cifar10-dvs has the recipes paper, got 'small'"):
        plan_of("cifar10-dvs", "small")
