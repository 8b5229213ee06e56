"""Run, refresh, hand out the notebooks: ``python -m mpe_lib.course.walk COMMAND``.

lab: open JupyterLab on the student copies (what follows is for JupyterLab); html: run all and
write pages to ``walk/``; refresh: run all and store the outputs in the notebooks; students: write
the student copies (--renew: those of an earlier edition anew, with the answers in them).
"""

import argparse
import html
import os
import re
import time
from pathlib import Path

import nbformat

from .. import files

ROOT = files.ROOT
NOTEBOOKS = ROOT / "notebooks"
STUDENT = NOTEBOOKS / "student"
PAGES = ROOT / "walk"
IGNORED = "nbval-ignore-output"
WIDGET = "application/vnd.jupyter.widget-view+json"
TIMEOUT = 600  # seconds for one cell
# a cell whose source is folded in JupyterLab is folded on a page; a question has none there
FOLDED = """{%- extends "classic/index.html.j2" -%}
{%- block input_group -%}
{%- if "remove-input" in cell.metadata.get("tags", []) -%}
{%- elif cell.metadata.get("jupyter", {}).get("source_hidden") -%}
<details><summary>Code</summary>{{ super() }}</details>
{%- else -%}{{ super() }}{%- endif -%}
{%- endblock input_group %}"""
INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>MPE-PSN, taught and measured</title></head>
<body style="font: 1.1em sans-serif; max-width: 40em; margin: 2em auto">\
<h1>MPE-PSN, taught and measured</h1>
<ol start="0">
{}
</ol></body></html>
"""


def notebooks() -> list[Path]:
    """The committed notebooks, in reading order; the ledger, where there is one, comes last."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")) + sorted(NOTEBOOKS.glob("ledger.ipynb"))


def execute(path: Path, real: str | Path = ""):
    """Run a notebook on the CPU with one thread, no progress bars, and return it with outputs.

    It runs on the built-in data, or on the real recordings in the folder `real`.
    """
    from nbclient import NotebookClient

    os.environ.update(
        TQDM_DISABLE="1", CUDA_VISIBLE_DEVICES="", OMP_NUM_THREADS="1", PYTHONWARNINGS="default",
        MPE_DATA=str(real),
    )  # fmt: skip
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # its warnings would cut progress lines
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return notebook


def still(notebook):
    """The outputs as a page without a kernel has them: widgets give way to what stands for them."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data.pop(WIDGET, None)
    return notebook


def tidy(notebook):
    """Drop what differs from run to run: widget state, machine outputs, versions, addresses."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        if IGNORED in cell.metadata.get("tags", []):
            cell.outputs = []
        cell.outputs = _joined(cell.outputs)
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
            for data in (output, output.get("data", {})):
                if "text" in data or "text/plain" in data:
                    key = "text" if "text" in data else "text/plain"
                    data[key] = re.sub(r"0x[0-9a-f]{8,}", "0x...", data[key])
    return notebook


def _joined(outputs: list) -> list:
    """Texts printed one after the other as one: where a kernel cuts them is a matter of timing."""
    joined: list = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def write(notebook, path: Path) -> None:
    """Store a notebook; it is never left half-written."""
    files.write(path, (nbformat.writes(notebook) + "\n").encode())


def refresh() -> None:
    for path in _progress("running"):
        write(tidy(execute(path)), path)


def to_html() -> None:
    """Run every notebook and write it as a page, with an index; a failure leaves the old pages."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="classic", raw_template=FOLDED)
    rows = []
    with files.whole(PAGES, alone=True) as fresh:
        fresh.mkdir()
        for path in _progress("running"):
            notebook = still(execute(path))
            title = _title(notebook)
            page, _ = exporter.from_notebook_node(
                notebook, resources={"metadata": {"name": title, "path": str(path.parent)}}
            )
            page = re.sub(r'href="((?:\d\d_\w+|ledger)\.)ipynb', r'href="\1html', page)
            (fresh / f"{path.stem}.html").write_text(page, encoding="utf-8")
            rows.append(f'<li><a href="{path.stem}.html">{html.escape(title)}</a></li>')
        (fresh / "index.html").write_text(INDEX.format("\n".join(rows)), encoding="utf-8")
    print(f"open {PAGES / 'index.html'}", flush=True)  # noqa: T201


def _title(notebook) -> str:
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def _progress(word: str):
    paths = notebooks()
    for i, path in enumerate(paths, 1):
        print(f"[{i}/{len(paths)}] {word} {path.name} ...", end=" ", flush=True)  # noqa: T201
        start = time.monotonic()
        yield path
        print(f"{time.monotonic() - start:.0f} s", flush=True)  # noqa: T201


def main() -> None:
    from . import copies, lab  # both need the notebooks, which are found here

    commands = {"lab": lab.open_lab, "html": to_html, "refresh": refresh,
                "students": copies.write_all}  # fmt: skip
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.course.walk", description=__doc__)
    parser.add_argument("command", choices=commands)
    parser.add_argument("--renew", action="store_true", help="of students: see above")
    options, rest = parser.parse_known_args()
    if rest and options.command != "lab":
        parser.error(f"expected no further words after {options.command}, got {' '.join(rest)}")
    if options.renew and options.command != "students":
        parser.error("--renew goes with students")
    words = {"lab": (rest,), "students": (options.renew,)}.get(options.command, ())
    commands[options.command](*words)


if __name__ == "__main__":
    main()
