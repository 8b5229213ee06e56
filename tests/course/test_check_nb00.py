from hints import hints

from mpe_lib.course.check import nb00

test_hints_of_shape = hints(nb00.shape, [
    (100, "a shape is a tuple"),
    ((100, 8), "three axes are needed, you gave 2"),
    ((100, 8, 31), "each of the three numbers"),
    ((8, 100, 32), "the batch comes second"),
    ((32, 100, 8), "which axis is always the first"),
    ((100, 32, 8), "neurons of the layer come last"),
])  # fmt: skip

test_hints_of_decay = hints(nb00.decay, [
    ((2.0, 0.9), "that is tau itself"),
    ((0.607, 0.9), "another convention"),
    ((0.3, 0.9), "SpikingJelly column"),
    ((0.5, 0.1), "share that is lost"),
    ((0.5, 0.4), "snnTorch column"),
    ((None, 0.9), "decay_of_tau_2 should be one number"),
])  # fmt: skip
