"""Every network of the library at a size for tests, lively enough to fire before any training."""

from typing import NamedTuple

import torch
from torch import nn

from mpe_lib.networks.event import EventNet
from mpe_lib.networks.gesture import GestureNet
from mpe_lib.networks.resnet19 import ResNet19
from mpe_lib.networks.spoken import SpokenNet
from mpe_lib.networks.vgg import VGG
from mpe_lib.training.neurons import NEURONS


class Small(NamedTuple):
    """A class, its arguments, the shape of a frame, and the shapes of its layers' spikes."""

    kind: type
    settings: dict
    frame: tuple
    layers: list


def _image(kind, size, layers, **settings):
    return Small(kind, {"size": size, **settings}, (2, *size), layers)


VGG_LAYERS = [(8, 16, 16), (16, 16, 16), (32, 8, 8), (32, 8, 8)]
VGG_LAYERS += [(64, 4, 4)] * 2 + [(64, 2, 2)] * 2
GESTURE = {"width": 32, "dropout": 0.0}
NETS = {
    "event": _image(EventNet, (12, 9), [(12, 12, 9), (24, 6, 4)]),
    "vgg": _image(VGG, (16, 16), VGG_LAYERS, width=8, dropout=0.0),
    "gesture": _image(
        GestureNet, (32, 32), [(8, n, n) for n in (32, 16, 8, 4, 2)] + [(32,)], **GESTURE
    ),
    "gesture, oblong": _image(
        GestureNet, (35, 70), [(8, 35 // n, 70 // n) for n in (1, 2, 4, 8, 16)] + [(32,)], **GESTURE
    ),
    "resnet19": _image(
        ResNet19, (12, 12), [(4, 12, 12)] * 7 + [(8, 6, 6)] * 6 + [(16, 3, 3)] * 4 + [(8,)],
        width=32,
    ),
    "resnet19, oblong": _image(
        ResNet19, (9, 14), [(4, 9, 14)] * 7 + [(8, 5, 7)] * 6 + [(16, 3, 4)] * 4 + [(8,)], width=32
    ),
    "spoken": Small(SpokenNet, {"inputs": 12, "hidden": (16, 16), "dropout": 0.0}, (12,),
                    [(16,)] * 2),
}  # fmt: skip


def frames(name, steps=5, batch=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.rand(steps, batch, *NETS[name].frame, generator=generator)


def network(name, neuron, **settings):
    """A network of four classes; `neuron` is a name or makes one."""
    torch.manual_seed(0)
    small = NETS[name]
    make = NEURONS[neuron] if isinstance(neuron, str) else neuron
    net = small.kind(4, make, **small.settings | settings)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d | nn.BatchNorm1d):
            layer.bias.data += 0.8
    for layer in getattr(net, "hidden", nn.Identity()).modules():
        if isinstance(layer, nn.Linear):
            layer.bias.data += 0.8
    return net
