import torch
from hints import hints

from mpe_lib import lif_sequence
from mpe_lib.course.check import nb10


def soft(h, decay, v_threshold):
    return decay * (1 - v_threshold * triangle(h, v_threshold))


def triangle(h, v_threshold):
    return (1 - (h - v_threshold).abs()).clamp(min=0)


def blocks(kick=5.0, level=0.6, every=8):
    x = torch.full((64,), level)
    x[every - 1 :: every] = kick
    return x


def test_other_right_answers_pass(capsys):
    nb10.stripes(22.0, torch.tensor(40))
    nb10.barrier(blocks())
    nb10.barrier(blocks().tolist())
    nb10.barrier(blocks()[:, None])
    nb10.factor(soft)
    assert capsys.readouterr().out.count("Right.") == 5


def test_the_soft_factor_is_the_slope_that_autograd_finds():
    h = torch.linspace(-0.5, 2.5, 41, dtype=torch.float64).reshape(-1, 1)
    x = torch.cat((h.T, torch.zeros_like(h.T))).requires_grad_()  # two steps, 41 neurons
    trace = lif_sequence(x, 0.9, 0.8, reset="soft")
    (grad,) = torch.autograd.grad(trace.h[1].sum(), x)
    torch.testing.assert_close(grad[0], soft(h, 0.9, 0.8)[:, 0])


test_hints_of_stripes = hints(nb10.stripes, [
    ((30, 40), "some copies started at a lucky step"),
    ((8, 40), "those are the lucky steps"),
    ((23, 40), "right at the front"),
    ((20, 40), "every third step"),
    ((15, 40), "every second step"),
    ((0.55, 40), "that is a share"),
    ((18, 40), "right ones among all 40"),
    ((5, 40), "how many steps lie ahead"),
    ((None, 40), "wrong_after_ten should be one number, got NoneType"),
    ((22, 41), "hard is one pass ahead of zero"),
    ((22, 39), "nothing has shown it yet"),
    ((22, 38), "still one unlucky step"),
    ((22, 4), "do not merge after one period"),
    ((22, 12), "last unlucky step"),
    ((22, "x"), "certified_after should be one number"),
])  # fmt: skip

test_hints_of_barrier = hints(nb10.barrier, [
    (None, "a tensor with 64 numbers"),
    ("loud", "a tensor with 64 numbers"),
    (torch.ones(63), "one for each step, got 63"),
    (torch.full((64,), float("nan")), "finite numbers only"),
    (torch.zeros(64), "never fires"),
    (torch.full((64,), 2.0), "only 0 of its 64 spikes"),
    (blocks(level=0.05), "hardly remembers"),
    (torch.full((64,), 0.6), "it takes 65 passes. What would make every copy fire"),
    (blocks(every=16), "it takes 16 passes"),
])  # fmt: skip


def hard(h, decay, theta):
    return decay * ((1 - (h > theta).to(h)) - h * triangle(h, theta))


test_hints_of_factor = hints(nb10.factor, [
    (None, "should be a function"),
    (lambda h, d: h, "raised TypeError"),
    (lambda h, d, t: 0.5, "a tensor shaped like h"),
    (lambda h, d, t: h[:1], "a tensor shaped like h"),
    (lambda h, d, t: d * (1 + t * triangle(h, t)), "look at the sign"),
    (lambda h, d, t: 1 - t * triangle(h, t), "that is dv/dh"),
    (lambda h, d, t: d * torch.ones_like(h), "you hold the spike fixed"),
    (hard, "that is the hard reset of the text"),
    (lambda h, d, t: d * (1 - h * triangle(h, t)), "takes away the threshold, not h"),
    (lambda h, d, t: d * (1 - t * (h > t).to(h)), "the surrogate f, not s"),
    (lambda h, d, t: d * (1 - (h > t).to(h)), "with the spike held fixed"),
    (lambda h, d, t: d * (1 - triangle(h, t)), "if theta is not 1"),
    (lambda h, d, t: d * (1 - t * triangle(h, 1)), "where is the threshold"),
    (lambda h, d, t: 0 * h, "take the slope"),
    (lambda h, d, t: h * float("nan"), "take the slope"),
])  # fmt: skip
