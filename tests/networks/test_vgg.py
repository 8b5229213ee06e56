"""The paper's network: its size."""

from mpe_lib import MPE
from mpe_lib.networks.vgg import VGG


def test_as_many_parameters_as_the_paper_s():
    net = VGG(10, lambda: MPE(learn_threshold=True))
    count = sum(p.numel() for p in net.parameters())
    assert 9.25e6 < count < 9.35e6
    shapes = [tuple(each[0].weight.shape[:2]) for each in net.weights]
    assert shapes == [(64, 2), (128, 64), (256, 128), (256, 256), (512, 256), *[(512, 512)] * 3]
    assert net.readout[1].in_features == 512 * 3 * 3  # 48 x 48 through four pools
    assert net.readout[0].p == 0.25
    assert sum(p.ndim == 0 for p in net.parameters()) == 8  # one threshold for each layer
