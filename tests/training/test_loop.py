import pytest
import torch

from mpe_lib import membrane_loss, tet_loss
from mpe_lib.networks.event import EventNet
from mpe_lib.training import Part, counts_baseline, evaluate, predict, probe, train
from mpe_lib.training.neurons import NEURONS


def parts(n=70, seed=0):
    """Two classes told apart by where the events are; 3 steps of 8 x 8 frames."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    frames = torch.poisson(torch.full((3, n, 2, 8, 8), 0.3), generator)
    frames[:, labels == 1, :, :4] += 1
    return tuple(Part(frames[:, k::3], labels[k::3]) for k in range(3))


def build(neuron="bernoulli"):
    return lambda: EventNet(2, NEURONS[neuron], size=(8, 8), channels=(4, 4))


def test_learns_and_repeats_itself_to_the_bit():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    runs = [train(build(), *parts(), epochs=20, learning_rate=0.05, seed=1) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    assert runs[0].history == runs[1].history and runs[0].test == runs[1].test
    for a, b in zip(*(run.network.parameters() for run in runs), strict=True):
        assert torch.equal(a, b)
    assert runs[0].test > 0.9
    assert train(build(), *parts(), epochs=1, seed=2).history != runs[0].history[:1]


def test_every_sample_is_trained_on_and_counted():
    """Batches are cut evenly, none is dropped, and the mean loss is that over the samples."""
    seen = []

    class Spy(EventNet):
        def forward(self, frames):
            if self.training:
                seen.append(frames.shape[1])
            return super().forward(frames)

    training, validation, test = parts(70)
    assert len(training.labels) == 24
    done = train(lambda: Spy(2, NEURONS["zero"], (8, 8), (4, 4)), training, validation, test,
                 epochs=1, batch_size=11, learning_rate=0.0)  # fmt: skip
    assert seen == [8, 8, 8]
    seen.clear()
    done = train(lambda: Spy(2, NEURONS["zero"], (8, 8), (4, 4)), training, validation, test,
                 epochs=1, batch_size=5, learning_rate=0.0)  # fmt: skip
    assert seen == [5, 5, 5, 5, 4]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net, total = Spy(2, NEURONS["zero"], (8, 8), (4, 4)).train(), 0.0
        for these in torch.randperm(24).tensor_split(5):
            loss = tet_loss(net(training.frames[:, these])[0], training.labels[these])
            total += len(these) * loss.item()
    assert done.history[0]["task"] == pytest.approx(total / 24, rel=1e-5)
    right = (predict(net, test.frames, 5) == test.labels).sum().item()
    for batch_size in (1, 5, 22, 100):
        assert evaluate(net, test, batch_size) == right / len(test.labels)


def test_membrane_weight_is_the_papers_lambda():
    """One step of the loop is one step by hand: 1 - lambda on the task, lambda / T on L_mem."""
    training, validation, test = parts()
    settings = {"epochs": 1, "batch_size": 100, "learning_rate": 0.5, "optimiser": "sgd"}
    done = train(build("mean"), training, validation, test, **settings, membrane_weight=0.4)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = build("mean")().train()
        order = torch.randperm(len(training.labels))
        logits, membrane = net(training.frames[:, order])
        loss = 0.6 * tet_loss(logits, training.labels[order]) + 0.4 / 3 * membrane
        loss.backward()
    assert done.history[0]["membrane"] == pytest.approx(membrane.item())
    for mine, theirs in zip(net.parameters(), done.network.parameters(), strict=True):
        torch.testing.assert_close(mine - 0.5 * mine.grad, theirs)
    heavy = train(build("mean"), *parts(), epochs=3, membrane_weight=0.9)
    light = train(build("mean"), *parts(), epochs=3)
    assert heavy.history[-1]["membrane"] < light.history[-1]["membrane"]


def test_probe_reports_rates_and_gaps():
    training = parts()[0]
    for neuron in NEURONS:
        torch.manual_seed(0)
        net = build(neuron)()
        look = probe(net, training.frames)
        traces = net.eval().traces(training.frames)
        if neuron != "bernoulli":  # whose eval rule is another
            expected = [trace.s.mean().item() for trace in traces]
            assert look["rate"] == pytest.approx(expected)
        if neuron == "exact LIF":
            assert look["gap"] == [None, None]
        elif neuron == "zero":
            assert look["gap"] == pytest.approx([1, 1])
        elif neuron == "mean":
            first = traces[0]
            expected = (membrane_loss(first) / first.v.square().mean()).sqrt().item()
            assert look["gap"][0] == pytest.approx(expected, rel=1e-4)
        assert probe(net, training.frames) == look
        if neuron != "bernoulli":  # whose draws go by the place in the batch
            assert probe(net, training.frames, 5)["rate"] == pytest.approx(look["rate"])


def test_counts_baseline_sees_counts_and_not_time():
    training, validation, test = parts()
    assert counts_baseline(training, validation, test) == 1
    mixed = [Part(p.frames[torch.randperm(3)], p.labels) for p in (training, validation, test)]
    assert counts_baseline(*mixed) == 1
    blind = [Part(p.frames.mean((2, 3, 4), keepdim=True) * 0 + 1, p.labels) for p in parts()]
    assert counts_baseline(*blind) <= 0.6


def test_what_cannot_be_trained_on_is_refused():
    training, validation, test = parts()
    broken = training.frames.clone()
    broken[0, 0, 0, 0, 0] = torch.nan
    with pytest.raises(ValueError, match="frames of the training part must be finite"):
        train(build(), Part(broken, training.labels), validation, test)
    with pytest.raises(ValueError, match="validation part must hold frames"):
        train(build(), training, Part(validation.frames, validation.labels[:3]), test)
    for wrong in ({"epochs": 0}, {"batch_size": 0}, {"membrane_weight": 1.0}):
        with pytest.raises(ValueError, match="expected epochs >= 1"):
            train(build(), training, validation, test, **wrong)
    with pytest.raises(FloatingPointError, match="not finite in epoch .* lower the learning"):
        train(build(), training, validation, test, learning_rate=1e37, epochs=3)
