"""What every notebook keeps to: the anatomy, no errors, outputs in order, figures with words."""

import ast
import html
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import plumbing
import pytest
from pictures import code, figures

from mpe_lib.course import walk
from mpe_lib.course.walk import IGNORED

PATHS = walk.notebooks()
# the first page and the ledger frame the walk and predict nothing
LESSONS = [path for path in PATHS if not path.stem.startswith(("00", "ledger"))]


def read(path):
    return nbformat.read(path, as_version=4)


def text(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def hidden(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    return read(request.param)


def test_the_walk_is_complete():
    assert [path.stem[:2] for path in PATHS[:7]] == [f"{k:02d}" for k in range(7)]


def test_first_cells_say_what_it_is(notebook):
    first, second = notebook.cells[:2]
    for words in ("# ", "You will be able to", "Minutes:", "Prerequisites:", "Next:"):
        assert words in first.source, words
    able = re.search(r"You will be able to\*\* (.*)", first.source).group(1)
    assert 2 <= able.count(",") + able.count(" and ") <= 6
    assert IGNORED in second.metadata.tags and "torch.__version__" in second.source


def test_last_cell_sums_up(notebook):
    last = notebook.cells[-1].source
    for words in ("## Summary", "**References.**", "**Next:**", "arxiv.org"):
        assert words in last, words


def test_outputs_are_stored_in_order_without_error(notebook):
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    for cell in code(notebook):
        assert not [output for output in cell.outputs if output.output_type == "error"]
        if IGNORED in cell.metadata.get("tags", []):
            assert cell.outputs == []


def test_cells_are_short(notebook):
    """What is read; what is folded may be longer by the sentences of its caption."""
    lines = [len(cell.source.splitlines()) for cell in code(notebook) if not hidden(cell)]
    assert max(lines) <= 25 and statistics.median(lines) <= 12
    assert max(len(cell.source.splitlines()) for cell in code(notebook)) <= 40


def test_machine_cells_are_few_and_test_nothing(notebook):
    machine = [cell for cell in code(notebook) if IGNORED in cell.metadata.get("tags", [])]
    assert len(machine) <= 3
    for cell in machine:
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        assert "show(" not in cell.source


def test_every_figure_has_a_caption_and_its_numbers(notebook):
    found = figures(notebook)
    calls = [node for cell in code(notebook) for node in ast.walk(ast.parse(cell.source))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "show"]  # fmt: skip
    assert 1 <= len(calls) <= len(found)
    for each in found:
        assert each["alt"] == each["line"] and re.search(r"\d", each["line"])
        caption = html.unescape(each["caption"])
        assert caption[0].isupper() or caption[0].isdigit()
        assert caption.endswith(".") and 6 <= len(caption.split()) <= 45, caption
        assert len(re.findall(r"[.?!] [A-Z]", caption)) == 0, f"one sentence: {caption}"
    assert not [o for c in code(notebook) for o in c.outputs if "image/png" in o.get("data", {})]


def test_at_most_one_visible_line_in_five_is_plumbing():
    counted = {}
    for path in PATHS:
        cells = [c for c in code(read(path)) if not hidden(c) and "nbgrader" not in c.metadata]
        pairs = [plumbing.lines(cell.source) for cell in cells]
        counted[path.stem] = sum(a for a, _ in pairs) / sum(b for _, b in pairs)
    assert not {stem: share for stem, share in counted.items() if share > 0.2}


def test_what_draws_is_folded(notebook):
    """Titles give answers away: the cell that has one shows its figure, and not its source."""
    for cell in code(notebook):
        if re.search(r"\b(show|plot_\w+|explorer)\(|\bsealed=", cell.source):
            assert hidden(cell), cell.source
        question = "remove-input" in cell.metadata.get("tags", [])  # a page has none of its source
        assert question == ("sealed=" in cell.source)


def test_no_drawing_installing_or_fetching_in_a_notebook(notebook):
    for cell in code(notebook):
        for word in ("plt.", "pyplot", "pip install", "urllib", "requests", "!"):
            assert not re.search(
                rf"(?m)^\s*{re.escape(word)}|import {re.escape(word)}", cell.source
            )


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lessons_predict_and_reveal(path):
    notebook = read(path)
    asked = [k for k, cell in enumerate(notebook.cells) if "sealed=" in cell.source]
    folded = [k for k, cell in enumerate(notebook.cells) if cell.source.startswith("<details>")]
    assert len(asked) == len(folded) >= 2
    for question, answer, following in zip(asked, folded, [*asked[1:], 10**6], strict=True):
        between = notebook.cells[question + 1 : answer]
        assert question < answer < following
        assert [cell for cell in between if cell.cell_type == "code"], "nothing to run or to see"
    words = text(notebook)
    assert "Before you run" not in words
    assert 4 <= len(re.findall(r"(?m)^## ", words)) - 1 <= 7


def questions(notebook):
    """(choices, the place of the right one) of each question, as its cell shows them."""
    for cell in code(notebook):
        if "sealed=" in cell.source:
            page = cell.outputs[0].data["text/html"]
            choices = re.findall(r"[a-d]\) [^<]+", page.split("<details>")[0])
            yield choices, choices.index(re.search(r"<p>([a-d]\) [^<]+)</p></details>", page)[1])


def test_the_right_choice_stands_anywhere():
    """Their order was drawn once: no letter is right in many more cases than chance has it."""
    found = [each for path in LESSONS for each in questions(read(path))]
    assert len(found) >= 98
    for letter in range(3):
        of_three = [right == letter for choices, right in found if len(choices) == 3]
        share = sum(of_three) / len(of_three)
        assert abs(share - 1 / 3) < 3 * (2 / 9 / len(of_three)) ** 0.5, (letter, share)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_source_says_which_choice_is_right(path):
    notebook = read(path)
    answers = [cell.source for cell in notebook.cells if cell.source.startswith("<details>")]
    for (_, right), answer in zip(questions(notebook), answers, strict=True):
        first = re.search(r"\(([a-d])\)", re.sub(r"\$[^$]*\$", "", answer))
        assert first and first[1] == "abcd"[right], answer


def test_no_notebook_says_not_what_it_should(notebook):
    everything = text(notebook)
    for word in ("TODO", "FIXME", "REVEAL", "XXX", "lorem"):
        assert word not in everything


# A constant of each lesson, and what to put in its place: nbval must then go red.
MUTATIONS = {
    "00_start_here": ("torch.manual_seed(3)", "torch.manual_seed(4)"),
    "01_the_lif_neuron": ("0.6 + 0.4 * torch.randn(40, 1", "0.6 + 0.5 * torch.randn(40, 1"),
    "02_estimate_the_membrane": ("(0.5, 0.5), (1, 0.5)", "(0.5, 0.5), (1, 0.6)"),
    "03_traces_and_rasters": ("0.8 + 0.1 * torch.randn", "0.8 + 0.2 * torch.randn"),
    "04_events_to_frames": ("CONTRAST = 0.25", "CONTRAST = 0.3"),
    "05_train": ("logits[-1, 0, 3] = 60.0", "logits[-1, 0, 3] = 50.0"),
    "06_scaling": ("/ 64 / n:.2g", "/ 32 / n:.2g"),
    "07_anatomy_of_the_estimate": ("(0.9, 1.0, 0.25), (0.9", "(0.9, 1.0, 0.3), (0.9"),
    "08_the_membrane_loss": ("torch.logspace(-1.5, 0.75, 10)", "torch.logspace(-1.5, 0.5, 10)"),
    "09_what_the_estimate_forgets": ("[2 * torch.randn(16, 16)", "[3 * torch.randn(16, 16)"),
    "10_exact_in_parallel": ("(0.2, 0.9), (0.9, 0.25)", "(0.3, 0.9), (0.9, 0.25)"),
    "11_randomness": ("Beta(0.3, 0.15)", "Beta(0.3, 0.3)"),
    "12_the_landscape": ("RISE = 0.5", "RISE = 0.6"),
    "13_real_recordings": ("dense = 4.6", "dense = 4.7"),
    "14_the_papers_datasets": ("(85.99, 84.48, 83.47)", "(85.99, 84.48, 83.57)"),
    "15_one_equation": ("y = 0.6 * torch.rand", "y = 0.7 * torch.rand"),
    "16_what_each_remembers": ("raised[20] += 1.0", "raised[21] += 1.0"),
    "17_memory_in_the_neuron": ("torch.full((400, 1), 0.6", "torch.full((400, 1), 0.7"),
    "18_time_is_the_message": ("[1.0, -0.5, 1.2, -3.0]", "[1.0, -0.4, 1.2, -3.0]"),
    "19_a_spiking_actor": ("pulse[0] = 0.45", "pulse[0] = 0.4"),
    "20_video_from_events": ("[0, 2.25, 4]", "[0, 2.5, 4]"),
    "ledger": ("first = 3  # seed", "first = 4  # seed"),
}


CLEAN = Path(__file__).with_name("nbval.cfg")


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:doctest", "-p", "no:cacheprovider",
               "-o", "addopts=", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=300",
               f"--nbval-sanitize-with={CLEAN}", str(path)]  # fmt: skip
    settings = os.environ | {"MPE_DATA": "", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, env=settings)


def test_every_lesson_has_a_mutation():
    assert list(MUTATIONS) == [path.stem for path in PATHS]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_changed_constant_turns_nbval_red(path, tmp_path):
    source, (old, new) = read(path), MUTATIONS[path.stem]
    (cell,) = (cell for cell in code(source) if old in cell.source)
    cell.source = cell.source.replace(old, new)
    nbformat.write(source, tmp_path / "mutant.ipynb")
    done = nbval(tmp_path / "mutant.ipynb")
    assert done.returncode == 1 and "Cell outputs differ" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("stem", ["04_events_to_frames", "05_train"])
def test_the_lesson_runs_on_real_recordings(stem, nmnist_root):
    (path,) = (path for path in PATHS if path.stem == stem)
    done = walk.execute(path, nmnist_root)
    assert "N-MNIST" in "".join(printed(cell) for cell in code(done))


@pytest.mark.slow
def test_the_last_lesson_trains_on_real_recordings_with_one_changed_line(nmnist_root, tmp_path):
    (path,) = (path for path in PATHS if path.stem.startswith("13"))
    source = read(path)
    (cell,) = (cell for cell in code(source) if 'DATASET = "digit"' in cell.source)
    cell.source = cell.source.replace('DATASET = "digit"', 'DATASET = "nmnist"')
    short = "plan = plan._replace(recipe=type(plan.recipe)(epochs=2, learning_rate=0.02))"
    cell.source = cell.source.replace("parts = parts_of", f"{short}\nparts = parts_of")
    nbformat.write(source, tmp_path / path.name)
    done = walk.execute(tmp_path / path.name, nmnist_root)
    assert "live runs; none are stored" in "".join(printed(cell) for cell in code(done))
