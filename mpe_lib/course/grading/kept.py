"""What is graded already, so that an interrupted grading goes on where it was."""

import hashlib
import json
import shutil
from pathlib import Path

import nbformat

from ...files import write


class Kept:
    """The graded notebooks of a grading that is not finished, each in a file that is whole.

    Args:
        out: the folder of the grading; they lie in its folder ``unfinished``.
    """

    def __init__(self, out: Path):
        self.out, self.folder = out, out / "unfinished"

    def resumed(self) -> bool:
        """Whether an earlier grading was interrupted here; its tables and pages are made anew."""
        if not self.folder.is_dir():
            return False
        (self.out / "gradebook.db").unlink(missing_ok=True)
        shutil.rmtree(self.out / "feedback", ignore_errors=True)
        return True

    def find(self, key: str):
        """A notebook with outputs, and its notes; None if there is none of this key."""
        try:
            found = json.loads(self._path(key).read_text("utf-8"))
            if found["key"] != key:
                return None
            return nbformat.from_dict(found["notebook"]), found["notes"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # of another edition, or damaged on the disk: graded again

    def keep(self, key: str, notebook, notes: dict[str, str]) -> None:
        """Keep a graded notebook and its notes."""
        whole = {"key": key, "notebook": notebook, "notes": notes}
        write(self._path(key), json.dumps(whole).encode())

    def done(self) -> None:
        """The grading is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
