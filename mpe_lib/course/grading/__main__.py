"""Grade a folder of submissions: ``python -m mpe_lib.course.grading SUBMISSIONS OUT``.

OUT gets scores.csv, a feedback page for each notebook and nbgrader's gradebook.db. Interrupted, it
goes on where it was when the same command is given again.
"""

import argparse
from pathlib import Path

from .grade import grade
from .sandbox import Limits


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.course.grading", description=__doc__)
    parser.add_argument("submissions", type=Path, help="a folder with one folder for each student")
    parser.add_argument("out", type=Path, help="a folder for scores.csv and feedback/")
    parser.add_argument("--cell-seconds", type=float, default=120, help="time limit of a cell")
    parser.add_argument("--memory-gb", type=float, default=3, help="memory limit of a kernel")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks graded side by side")
    parser.add_argument("--unconfined", action="store_true", help="without bubblewrap: student "
                        "code can read and change what this account can")  # fmt: skip
    options = parser.parse_args()
    limits = Limits(
        options.cell_seconds,
        memory=int(options.memory_gb * 2**30),
        confined=not options.unconfined,
    )
    try:
        grade(options.submissions, options.out, limits, options.jobs)
    except (FileNotFoundError, FileExistsError, ValueError, RuntimeError) as error:
        raise SystemExit(f"mpe_lib.course.grading: {error}") from None
    except KeyboardInterrupt:
        parser.exit(130, "interrupted: give the same command again, and it goes on from here\n")


if __name__ == "__main__":
    main()
