"""No word of the collection is one that codespell knows to be misspelt."""

import subprocess
import sys

import nbformat
import pytest

from mpe_lib.course import walk

TEXTS = ("*.md", "Makefile", "pyproject.toml", "data/*.md", "notebooks/*.md", "mpe_lib/**/*.py",
         "book/**/*.*", "tests/*.py")  # fmt: skip


def misspelt(paths) -> str:
    """What codespell says about these files, one line for each word."""
    command = [sys.executable, "-m", "codespell_lib", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=walk.ROOT)
    assert done.returncode in (0, 65), done.stderr  # 65: a word was found
    return done.stdout


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """All texts, and the words and code of each notebook without its pictures."""
    folder = tmp_path_factory.mktemp("words")
    for path in walk.notebooks():
        cells = nbformat.read(path, 4).cells
        words = "\n\n".join(cell.source for cell in cells)
        (folder / f"{path.stem}.txt").write_text(words, encoding="utf-8")
    own = [path for pattern in TEXTS for path in walk.ROOT.glob(pattern)]
    return [path for path in own if "__pycache__" not in path.parts] + list(folder.iterdir())


def test_no_word_is_misspelt(files):
    assert len(files) > 100
    assert misspelt(files) == ""


def test_a_slip_is_found(files, tmp_path):
    words = next(path for path in files if path.name.startswith("02_")).read_text(encoding="utf-8")
    assert "potential" in words
    slip = tmp_path / "slip.txt"
    slip.write_text(words.replace("potential", "poten" + "cial", 1), encoding="utf-8")
    assert "==> potential" in misspelt([slip])
