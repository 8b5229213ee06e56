"""Names that lessons imported before the library got its rooms are found in a student's kernel."""

import subprocess
import sys

import pytest

from mpe_lib.course.grading import earlier

# every import of the library in the notebooks of that time, module: names; * is plot_
IMPORTS = """
-: MPE Trace digits_in_motion estimate_membrane exact_parallel lif_sequence lif_spikes
  load_dataset load_nmnist measured membrane_loss mpe_sequence mpe_spikes spike_agreement
  tet_loss
benchmark: CONTESTANTS beaten of_copy ratio saved_bytes sweep
check: ledger nb00 nb01 nb02 nb03 nb04 nb05 nb06 nb07 nb08 nb09 nb10 nb11 nb12 nb13
datasets: CATALOGUE read_events_40bit
digits: INTERVAL ORDERS camera_path
draw: uniform_like
events: dvs_events
experiments: DIGITS NMNIST digits_parts nmnist_parts part_of run_case select with_places
landscape: LINE along cases curvature flatter random_direction rescaled width widths
ledger: markdown results table
losses: cohens_kappa
networks: EventNet NEURONS
plot: draw_agreement draw_cone draw_curves draw_cuts draw_front draw_guess draw_trace
  *accuracies *agreement *anytime *before *best *bill *bridge *clocks *cloud *coin *cone
  *confusion *constant *copies *cost *costs *count *counts *curves *cut *cuts *draws *energy
  *errors *event_rate *flips *frames *fronts *gap *gradient *growth *guesses *kappa *ladder *law
  *leads *map *marks *measures *membrane *memory *memory_map *moments *neuron *nudge *outcomes
  *pair_draws *passed_back *peaks *pixel *planes *polarity *predicted_rates *pulls *pulse_pair
  *raster *rates *ratios *reach *recalibrated *resets *rms *rules *runs *same_rate *scale
  *scales *scores *shares *sizes *spike_chance *split *staircase *surrogates *swaps *sweeps
  *tasks *ties *told *trace *verdicts *ways *widths *wrong *zeros show
plot.curves: NETWORKS QUESTIONS
plot.guess: nearby_mean
plot.surface: draw_surface
stationary: disagreement error_split rule_rate stationary_law
studies: looks
studies.cone: PULSES TWIN joined_sample ladder load_frames playback_sample pulse_sample run_case
studies.differences: compare sentences
studies.landscape: subset
studies.membrane: Against TrainedKappa adam_steps distances first_negative follow gradients
  sgd_steps subset
studies.order: OrderNet judge neuron_of
studies.pairs: pulses
studies.randomness: recalibrated swapped votes
studies.sweeps: drive gradient_gap summary sweeps_needed
studies.tasks: NEURONS
surrogate: step
training: Part Recipe train weights
training.checkpoint: read
training.report: table
training.tasks: BUILT_IN RECIPES network_of neuron_of parts_of plan_of
verdicts: HOLDS NOT PART beyond own_draw paired questions verdict_of
widgets: Control explorer
"""
PROGRAM = """
from mpe_lib.course.grading.earlier import install
install()
for line in {lines!r}:
    exec(line, {{}})
from mpe_lib import measured
import mpe_lib.check.nb05
from mpe_lib.training.tasks import neuron_of
assert measured.percent([0.5]) and callable(mpe_lib.check.nb05.tet)
from mpe_lib.experiments import NMNIST, digits_parts
assert NMNIST["epochs"] == 30 and [len(p.labels) for p in digits_parts("order")][0] == 1078
assert neuron_of("hard", 2)().sweeps == 2 and neuron_of("lif", learn_threshold=True)()
from mpe_lib.studies.order import neuron_of
assert neuron_of("hard", 1).sweeps == 1
"""


def statements():
    for line in IMPORTS.replace("\n  ", " ").strip().splitlines():
        module, names = line.replace("*", "plot_").split(": ")
        place = "mpe_lib" if module == "-" else f"mpe_lib.{module}"
        yield from (f"from {place} import {name}" for name in names.split())


def test_every_import_of_the_earlier_lessons_is_found():
    lines = list(statements())
    assert len(lines) > 200 and "from mpe_lib.plot import plot_trace" in lines
    program = PROGRAM.format(lines=lines)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_users_have_the_names_of_today_alone():
    with pytest.raises(ModuleNotFoundError):
        import mpe_lib.check  # noqa: F401


def test_what_is_nowhere_is_no_name():
    with pytest.raises(AttributeError, match="mpe_lib.plot has no plot_nothing"):
        earlier.find("plot", "plot_nothing")
