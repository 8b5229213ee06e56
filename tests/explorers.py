"""JupyterLab on copies of the notebooks, and their explorers in it, for tests and the report."""

import os
import re
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat

from mpe_lib.course import walk

ENVIRONMENT = {
    "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "2", "CUDA_VISIBLE_DEVICES": "", "MPE_DATA": "",
}  # fmt: skip
# the page says idle before the kernel is there, and run-all would then do nothing
READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
}"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells.flatMap(
  cell => (cell.outputs ?? []).filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`))"""
SCROLL = """async place => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = place;
  await notebook.scrollToItem(place, 'start');
  return notebook.widgets[place].node;
}"""


def places(path: Path) -> list[int]:
    """Which cells of a notebook show an explorer."""
    cells = nbformat.read(path, as_version=4).cells
    return [k for k, cell in enumerate(cells) if shows_one(cell)]


def shows_one(cell) -> bool:
    return cell.cell_type == "code" and bool(re.search(r"\bexplorer\(", cell.source))


def notebooks() -> list[Path]:
    """The notebooks that have an explorer, in reading order."""
    return [path for path in walk.notebooks() if places(path)]


@contextmanager
def jupyterlab(folder: Path):
    """Serve copies of those notebooks, no outputs in them; yields name -> address.

    Nothing is read from or written to the settings of whoever runs it.
    """
    for path in notebooks():
        copy = nbformat.read(path, as_version=4)
        for cell in copy.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(copy, folder / path.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, settings = secrets.token_hex(16), folder / ".settings"
    environment = os.environ | ENVIRONMENT | {"JUPYTER_TOKEN": token}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        environment[name] = str(settings / name)
    search = [str(walk.ROOT), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, search))
    command = [*walk.lab_command(folder), "--no-browser", "--allow-root",
               "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=0",
               f"--ServerApp.port={port}"]  # fmt: skip
    settings.mkdir()
    with open(settings / "log.txt", "w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}/api?token={token}", settings / "log.txt")
            yield lambda name: f"http://127.0.0.1:{port}/lab/tree/{name}?token={token}&reset"
        finally:
            server.terminate()  # it ends its kernels too
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server, address: str, log: Path, seconds: int = 90) -> None:
    for _ in range(10 * seconds):
        try:
            with urlopen(address):
                return
        except URLError:
            time.sleep(0.1)
        if server.poll() is not None:
            break
    raise RuntimeError(f"JupyterLab did not answer:\n{log.read_text(encoding='utf-8')[-2000:]}")


def run_all(page, address: str) -> list[str]:
    """Open a notebook in a page of playwright and run all its cells; the errors that it shows."""
    page.goto(address)
    page.wait_for_function(READY, timeout=90_000)
    done = page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    errors = page.evaluate(ERRORS)
    return errors if done or errors else ["the run ended early, with no error to show"]


class Explorer:
    """An explorer on the page: what is there to move, and what it answers."""

    def __init__(self, page, place: int):
        self.page = page
        self.cell = page.evaluate_handle(SCROLL, place).as_element()
        self.image = self.cell.wait_for_selector(".widget-image")
        self.handles = self.cell.query_selector_all(".widget-slider .noUi-handle")
        self.tracks = self.cell.query_selector_all(".widget-slider .noUi-base")
        buttons = self.cell.query_selector_all("button.widget-button")
        self.buttons = {each.inner_text(): each for each in buttons}

    def state(self) -> tuple[str, str]:
        """(address of the picture, the line "Figure: ..."): both are new after a move."""
        line = self.cell.query_selector("p[role=status]")
        return self.image.get_attribute("src"), line.text_content()

    def step(self, handle) -> str:
        """The key that moves a slider by one value, away from the end where it may stand."""
        now, top = (handle.get_attribute(f"aria-value{each}") for each in ("now", "max"))
        return "ArrowRight" if float(now) < float(top) else "ArrowLeft"
