"""The kernels compile for GPUs, with no GPU: Triton's compiler needs none."""

import json
import os
import subprocess
import sys

import pytest
from here import TESTS

pytest.importorskip("triton", reason="kernels need Triton")


@pytest.mark.slow
def test_kernels_compile_for_two_generations_of_gpus():
    environment = os.environ | {"TRITON_INTERPRET": "0"}
    script = TESTS / "ptx.py"
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = json.loads(done.stdout)
    assert len(rows) == 42 and {row["capability"] for row in rows} == {80, 90}
    for row in rows:
        assert row["fused multiply-adds"] == 0, row  # it would round once where torch rounds twice
        assert row["wide loads"] > 0, row  # 8 or 16 bytes for each thread and load
