"""The paper's gesture network: its size, its vote, and what the released one forgets."""

import torch
from nets import frames, network

from mpe_lib import MPE
from mpe_lib.networks.gesture import GestureNet
from mpe_lib.training import Part, Recipe, train


def test_as_many_parameters_as_the_layers_of_the_paper_have():
    net = GestureNet(11, lambda: MPE(learn_threshold=True))
    convolutions = 9 * 2 * 256 + 4 * 9 * 256**2 + 5 * 2 * 256  # weights, and two for each norm
    linear = (256 * 2 * 2 + 1) * 1024 + (1024 + 1) * 110  # 64 x 64 through five pools
    assert sum(p.numel() for p in net.parameters()) == convolutions + linear + 6
    assert convolutions + linear == 3_528_814
    assert net.hidden[0].p == net.readout[0].p == 0.5
    assert sum(p.ndim == 0 for p in net.parameters()) == 6  # one threshold for each layer


def test_the_vote_is_the_mean_of_the_ten_outputs_of_each_class():
    net = network("gesture", "hard").eval()
    last = net.traces(frames("gesture"))[-1].s
    votes = net.readout(last)
    assert votes.shape == (5, 3, 40) and last.any()
    for k in range(4):
        torch.testing.assert_close(
            net(frames("gesture"))[0][..., k], votes[..., 10 * k : 10 * k + 10].mean(2)
        )


def test_without_the_shift_nothing_is_remembered_as_in_the_released_network():
    x, order = frames("gesture"), torch.tensor([3, 1, 4, 0, 2])
    for shift in (False, True):
        net = network("gesture", lambda shift=shift: MPE("hard", "hard", shift=shift)).eval()
        assert torch.allclose(net(x)[0][order], net(x[order])[0], atol=1e-5) == (not shift)


def test_it_trains_with_the_library_s_loop_on_mirrored_and_mixed_recordings():
    x = torch.cat((frames("gesture", batch=4), 0.2 * frames("gesture", batch=4)), 1).round()
    part = Part(x, torch.arange(8) // 4)
    recipe = Recipe(
        8, 8, 0.02, augment=("crop", "mirror", "drop"), mixup=0.2, mixup_epochs=4, amp=True
    )
    run = train(
        lambda: GestureNet(11, MPE, (32, 32), width=32, dropout=0.1), part, part, part, recipe,
        device="cpu", dataset="dvs-gesture",
    )  # fmt: skip
    assert run.history[-1]["task"] < run.history[0]["task"] and len(run.history[0]["rate"]) == 6
