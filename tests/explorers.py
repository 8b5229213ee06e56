"""JupyterLab on student copies, and what moves in it, for tests and the report."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat

from mpe_lib.course import walk
from mpe_lib.course.copies import student_version
from mpe_lib.course.lab import lab_command

ENVIRONMENT = {  # threads: one where workers share the cores
    "TQDM_DISABLE": "1", "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
    "CUDA_VISIBLE_DEVICES": "", "MPE_DATA": "",
}  # fmt: skip
# the page says idle before the kernel is there, and run-all would then do nothing
READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
}"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells.flatMap(
  cell => (cell.outputs ?? []).filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`))"""
PICTURE = ".mpe-live img"
SCROLL = """async place => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = place;
  await notebook.scrollToItem(place, 'start');
  return notebook.widgets[place].node;
}"""

CHANGED = """([cell, source, words]) =>
  cell.querySelector('.mpe-live img').src !== source &&
  cell.querySelector('p[role=status]').textContent !== words"""
# what sticks out of its cell, or of the window
OUT = """cell => [...cell.querySelectorAll('.jupyter-widgets, .widget-label')]
  .filter(each => {
    const box = each.getBoundingClientRect();
    const right = Math.min(innerWidth, cell.getBoundingClientRect().right);
    return box.right > right + 1 || each.scrollWidth > each.clientWidth + 1;
  }).map(each => `${each.className}: ${each.scrollWidth} of ${each.clientWidth}, ` +
    `${each.textContent}`)"""
# of the words of the controls against what is behind them, as WCAG counts it
CONTRAST = """cell => {
  const light = color => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    const color = getComputedStyle(node).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' ? behind(node.parentElement) : color;
  };
  const words = [...cell.querySelectorAll('.widget-label, .widget-button, p[role=status]')];
  return Math.min(...words.filter(each => each.textContent).map(each => {
    const pair = [light(getComputedStyle(each).color), light(behind(each))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  }));
}"""

# the name and the value of a control, as the browser tells a screen reader
HEARD = """each => each.tagName === 'SELECT'
  ? [each.labels[0]?.textContent ?? '', each.selectedOptions[0].textContent]
  : [each.getAttribute('aria-label') ?? '', each.getAttribute('aria-valuetext')]"""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
}


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
    """Serve the student copies, laid out as in the collection; yields name -> address.

    Nothing is read from or written to the settings of whoever runs it.
    """
    student = folder / "notebooks" / "student"
    student.mkdir(parents=True)
    for path in walk.notebooks():
        walk.write(student_version(nbformat.read(path, as_version=4)), student / path.name)
    (folder / "data").mkdir()
    shutil.copy(walk.ROOT / "data" / "README.md", folder / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, settings = secrets.token_hex(16), folder / ".settings"
    environment = os.environ | ENVIRONMENT | {"JUPYTER_TOKEN": token}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        environment[name] = str(settings / name)
    search = [str(walk.ROOT), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, search))
    command = [*lab_command(folder), "--no-browser", "--allow-root",
               "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=0",
               f"--ServerApp.port={port}"]  # fmt: skip
    settings.mkdir()
    with open(settings / "log.txt", "w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}/api?token={token}", settings / "log.txt")
            yield (
                lambda name: (
                    f"http://127.0.0.1:{port}/lab/tree/notebooks/student/{name}?token={token}&reset"
                )
            )
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


def look(page, width, height, theme):
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    light = str("Light" in theme).lower()
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")


class Explorer:
    """An explorer on the page: what is there to move, and what it answers."""

    def __init__(self, page, place: int):
        self.page = page
        self.cell = page.evaluate_handle(SCROLL, place).as_element()
        self.cell.wait_for_selector(PICTURE)
        self.handles = self.cell.query_selector_all(".widget-slider .noUi-handle, select")
        self.tracks = self.cell.query_selector_all(".widget-slider .noUi-base, select")
        buttons = self.cell.query_selector_all("button.widget-button")
        self.buttons = {each.text_content().strip(): each for each in buttons}

    @property
    def image(self):
        return self.cell.query_selector(PICTURE)

    def state(self) -> tuple[str, str]:
        """(address of the picture, the line "Figure: ..."): both are new after a move."""
        line = self.cell.query_selector("p[role=status]")
        return self.image.get_attribute("src"), line.text_content()

    def step(self, handle) -> str:
        """The key that moves a control by one value, away from the end where it may stand."""
        if is_list(handle):
            last = handle.evaluate("list => list.selectedIndex === list.length - 1")
            return "ArrowUp" if last else "ArrowDown"
        now, top = (handle.get_attribute(f"aria-value{each}") for each in ("now", "max"))
        return "ArrowRight" if float(now) < float(top) else "ArrowLeft"


def is_list(handle) -> bool:
    return handle.evaluate("each => each.tagName") == "SELECT"
