"""The page on many GPUs: its arithmetic by other ways, its commands read by their programs."""

import re
import shlex

import pytest
import torch
from torch.distributed import run as torchrun

from mpe_lib import LIF
from mpe_lib.course import many_gpus, site
from mpe_lib.networks.vgg import VGG
from mpe_lib.results import store
from mpe_lib.training.__main__ import arguments
from mpe_lib.training.tasks import PAPER

PAGE = (site.BOOK / "pages" / "many_gpus.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```bash\n(.*?)```", PAGE, re.S)
    for line in block.replace("\\\n", " ").splitlines()
    if "mpe_lib.training" in line
]


def rows(table):
    head, _, *lines = (
        [cell.strip() for cell in line[1:-1].split("|")] for line in table.split("\n")
    )
    return [dict(zip(head, line, strict=True)) for line in lines]


def options(command):
    """What stands behind the name of the module."""
    return shlex.split(command.partition("-m mpe_lib.training")[2].rstrip("& "))


@pytest.mark.parametrize("processes", [2, 3, 8])
def test_a_ring_sends_what_the_formula_says(processes):
    """Each process holds a vector; parts go round until all hold the sum. Bytes are counted."""
    n, length = processes, 24 * processes
    vectors = [torch.arange(length).float() * (rank + 1) for rank in range(n)]
    parts = [list(vector.clone().chunk(n)) for vector in vectors]
    sent = 0
    for turn in range(2 * (n - 1)):
        moving = [(rank, (rank - turn) % n, parts[rank][(rank - turn) % n]) for rank in range(n)]
        for rank, k, part in moving:
            there = (rank + 1) % n
            parts[there][k] = parts[there][k] + part if turn < n - 1 else part
            sent += part.numel() * part.element_size()
    for rank in range(n):
        assert torch.equal(torch.cat(parts[rank]), sum(vectors))
    assert sent / n == many_gpus.ring_bytes(length, n)


def test_the_operations_are_those_of_the_layers():
    net, side = VGG(10, LIF, (16, 16), width=8), 16
    macs = []
    for k, (layer, _) in enumerate(net.weights):
        macs.append(layer.weight.numel() * (side // 2 ** (k // 2)) ** 2)
    macs.append(net.readout[1].weight.numel())
    # forward, gradient of the weights, and of the inputs, which the first layer has no use for
    assert many_gpus.training_flops(net, (2, 16, 16)) == 2 * (3 * sum(macs) - macs[0])
    for network, _, _ in many_gpus.networks().values():  # none is run to fill the page
        assert all(p.is_meta for p in network.parameters())


def test_the_batches_are_whole_and_the_rate_grows_with_them():
    recipe = PAPER["cifar10-dvs"].recipe
    found = rows(many_gpus.batches())
    assert found[0]["batch"] == str(recipe.batch_size)
    assert found[0]["learning rate"] == str(recipe.learning_rate)
    for row in found:
        n, batch, each = (int(row[k]) for k in ("processes", "batch", "samples each"))
        assert n * each == batch
        assert float(row["learning rate"]) / batch == pytest.approx(recipe.learning_rate / 32)
        assert 0 <= int(row["steps per epoch"]) * batch - 8000 < batch
        assert (row["warm-up"] == "none") == (batch == 32)
    shape = []
    net = VGG(10, LIF, width=16)
    net.weights[-1][1].register_forward_hook(lambda _, inputs, out: shape.append(out.shape))
    net(torch.zeros(10, 4, 2, 48, 48))
    batch, _, height, width = shape[0]
    values = {row["values per channel, last norm"] for row in found if row["samples each"] == "4"}
    assert values == {f"{batch * height * width:,}"}


def test_a_cache_is_as_large_as_its_array():
    (row,) = (row for row in rows(many_gpus.caches()) if row["data set"] == "CIFAR10-DVS")
    assert row["cache"] == f"{10_000 * torch.zeros(10, 2, 48, 48).byte().nbytes / 1e6:.0f} MB"


def test_what_the_text_says_in_words_is_what_the_tables_say():
    found = {(row["processes"], row["batch"]): row for row in rows(many_gpus.batches())}
    assert "batch of 32 on eight GPUs is 4 samples on each" in PAGE
    assert found["8", "32"]["samples each"] == "4"
    rate = found["8", "256"]["learning rate"]
    assert f"`--batch-size 256 --learning-rate {rate} --warm-up 5`" in PAGE


def test_the_whole_run_is_the_product_of_its_factors():
    net = VGG(10, LIF, (48, 48))
    sizes = (48, 48, 24, 24, 12, 12, 6, 6)
    macs = [layer.weight.numel() * n**2 for (layer, _), n in zip(net.weights, sizes, strict=True)]
    macs.append(net.readout[1].weight.numel())
    work = 10 * 2 * (3 * sum(macs) - macs[0]) * 8000 * 230
    text = many_gpus.whole_run()
    assert f"x 230 epochs = {work / 1e15:.0f} PFLOP" in text
    minutes = [float(each) for each in re.findall(r"([\d.]+) minutes", text)]
    assert minutes == [round(work / 156e12 / n / 60, 1) for n in (1, 8)]


def test_all_tables_are_on_the_page_and_no_mark_is_left():
    assert sorted(many_gpus.MARK.findall(PAGE)) == sorted(many_gpus.TABLES)
    filled = many_gpus.fill(PAGE)
    assert "<!--" not in filled
    for name in ("batches", "caches", "traffic", "operations"):
        table = many_gpus.TABLES[name]()
        assert table in filled and all(all(row.values()) for row in rows(table))
    with pytest.raises(KeyError, match="nothing"):
        many_gpus.fill("<!-- plan: nothing -->")


def test_a_time_is_given_only_where_one_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    assert many_gpus.epochs().startswith("**not measured yet**")
    row = {"neuron": "LIF, fair", "T": 10, "step_ms": 40.0, "peak_bytes": 2_000_000_000}
    facts = {"device": "a GPU", "date": "2026-01-02"}
    store.write("epoch_cuda", {"settings": {"batch": 32}, "provenance": facts, "rows": [row]})
    first, _, table = many_gpus.epochs().partition("\n\n")
    assert first == "On one a GPU, 2026-01-02:"
    assert [*rows(table)[0].values()] == ["LIF, fair", "10", "40 ms", "10.0 s", "2.00 GB"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_training_command_has_these_options(command):
    parser, words = arguments(), options(command)
    found = parser.parse_args([word.replace("$k", "3") for word in words])
    assert found.recipe == "paper" and found.dataset in PAPER and found.neuron == "mpe"


def test_torchrun_starts_as_many_processes_as_the_page_says():
    found = [shlex.split(each)[1:] for each in COMMANDS if each.startswith("torchrun")]
    one, four = (torchrun.parse_args(each) for each in found)
    assert (one.nnodes, one.nproc_per_node, one.module) == ("1:1", "8", True)
    assert (four.nnodes, four.nproc_per_node) == ("4", "8")
    assert (four.rdzv_backend, four.rdzv_endpoint) == ("c10d", "node0:29500")
    assert {one.training_script, four.training_script} == {"mpe_lib.training"}


def test_accelerate_starts_as_many_processes_as_the_page_says():
    launch = pytest.importorskip("accelerate.commands.launch", reason="no accelerate")
    found = [shlex.split(each)[2:] for each in COMMANDS if each.startswith("accelerate")]
    one, four = (launch.launch_command_parser().parse_args(each) for each in found)
    assert (one.num_processes, one.module, one.training_script) == (8, True, "mpe_lib.training")
    assert (four.num_machines, four.num_processes, four.machine_rank) == (4, 32, 0)
    assert one.multi_gpu and four.multi_gpu and four.main_process_ip == "node0"
    assert len(COMMANDS) == 2 + 2 + 2
