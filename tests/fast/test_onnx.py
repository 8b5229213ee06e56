"""Evaluated neurons as ONNX graphs: another runtime finds the same spikes."""

import io

import numpy as np
import pytest
import torch
from fused import current
from torch import nn

from mpe_lib import LIF, MPE

onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX is not installed")
pytest.importorskip("onnxscript", reason="ONNX is not installed")

NEURONS = {
    "exact LIF": lambda reset: LIF(0.9, 0.7, reset, learn_threshold=True, learn_decay=True),
    "mean": lambda reset: MPE(decay=0.9, v_threshold=0.7, reset=reset),
    "hard + 2": lambda reset: MPE("hard", eval_rule="hard", sweeps=2, v_threshold=0.7, reset=reset),
    "zero": lambda reset: MPE("zero", eval_rule="zero", v_threshold=0.7, reset=reset),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
@pytest.mark.parametrize("name", NEURONS)
def test_the_spikes_are_those_of_onnxruntime(name, reset):
    torch.manual_seed(0)
    network = nn.Sequential(NEURONS[name](reset), nn.Flatten(2), NEURONS[name](reset)).eval()
    x, file = 2 * current(6, 3, 4, 5), io.BytesIO()
    torch.onnx.export(network, (x,), dynamo=True, verbose=False).save(file)
    session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    (spikes,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    assert np.array_equal(spikes, network(x).detach().numpy()) and 0 < spikes.mean() < 1
