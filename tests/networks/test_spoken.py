"""The network of the spoken digits."""

import torch
from nets import frames, network


def test_the_readout_sees_how_often_and_not_when():
    net, x = network("spoken", "exact LIF").eval(), frames("spoken")
    spikes = net.traces(x)[-1].s
    torch.testing.assert_close(net(x)[0], net.readout(5 * spikes.mean(0)).expand(5, -1, -1))
