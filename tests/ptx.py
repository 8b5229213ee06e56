"""Compile every kernel for GPUs that need not be there; print what the machine code shows, as JSON.

A program of its own: Triton decides at its import whether it compiles or interprets.
"""

import json
import re

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from mpe_lib.fast.kernels.lif import CHUNK, lif_backward, lif_forward
from mpe_lib.fast.kernels.mpe import mpe_backward, mpe_forward

BASE = {"HAS_V0": False, "RESET": "hard", "BLOCK": 512, "DTYPE": tl.float32}
BACK = {"SUMS": True, "SURROGATE": "triangle"}
MPE = {"STEPS": 8, "K": 0, "LOSS": True, "SEED_IN_MEMORY": False, "RULE": "bernoulli"}
CASES = {
    "LIF forward": (lif_forward, {"CHUNK": CHUNK, "SAVE": True}),
    "LIF backward": (lif_backward, {"CHUNK": CHUNK, **BACK}),
    "MPE forward": (mpe_forward, MPE),
    "MPE backward": (mpe_backward, MPE | BACK),
    "MPE forward, three sweeps": (mpe_forward, MPE | {"K": 3, "RULE": "mean", "HAS_V0": True}),
    "MPE backward, three sweeps": (mpe_backward, MPE | BACK | {"K": 3, "RULE": "hard"}),
    "MPE backward, a seed in memory": (mpe_backward, MPE | BACK | {"SEED_IN_MEMORY": True}),
}
HALF = {"x", "s", "g_s", "g_x"}  # what is in the dtype of the input


def build(kernel, constants: dict, dtype: str, target: GPUTarget) -> str:
    """The PTX of a kernel for inputs of a dtype, a number of neurons that 16 divides."""
    kinds = {name: f"*{dtype}" if name in HALF else "*fp32" for name in kernel.arg_names}
    kinds |= {"T": "i32", "N": "i32", "seed": "*i64" if constants.get("SEED_IN_MEMORY") else "i64"}
    kinds = {name: kinds[name] for name in kernel.arg_names if name in kinds}
    signature = kinds | {name: "constexpr" for name in constants}
    places = {(kernel.arg_names.index(name),): value for name, value in constants.items()}
    attributes = {
        (i,): [["tt.divisibility", 16]]
        for i, name in enumerate(kernel.arg_names)
        if name not in constants and name not in ("T", "seed")
    }
    source = ASTSource(fn=kernel, signature=signature, constexprs=places, attrs=attributes)
    options = {"num_warps": 4, "enable_fp_fusion": False}
    return triton.compile(source, target=target, options=options).asm["ptx"]


def main() -> None:
    found = []
    for capability in (80, 90):
        for dtype in ("fp32", "bf16", "fp16"):
            for name, (kernel, own) in CASES.items():
                ptx = build(kernel, BASE | own, dtype, GPUTarget("cuda", capability, 32))
                row = {"kernel": name, "dtype": dtype, "capability": capability}
                row["fused multiply-adds"] = len(re.findall(r"\bfma\.\w+\.f32", ptx))
                row["wide loads"] = len(re.findall(r"ld\.global[.\w]*\.v[248]\.", ptx))
                found.append(row)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
