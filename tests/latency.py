"""How soon an explorer answers: ``make latency`` writes ``data/measured/explorers.json``.

JupyterLab in headless Chromium, one explorer at a time, the machine otherwise idle: from a key
press to the frame that shows the new picture, both by the browser's own clock.
"""

import os
import statistics
import tempfile
import time
from importlib import metadata
from pathlib import Path

import explorers
import pytest
from browser import chromium

from mpe_lib.results import store
from mpe_lib.training.machine import made_here

PRESSES, REST = 8, 0.5  # for each control; seconds between them
WATCH = """cell => {
  window.answers = [];
  let pressed = 0;
  document.addEventListener('keydown', event => { pressed = event.timeStamp; }, true);
  cell.addEventListener('load', () => requestAnimationFrame(
    () => answers.push(performance.now() - pressed)), true);
}"""
BACK = {"ArrowRight": "ArrowLeft", "ArrowDown": "ArrowUp"}
FORTH_AND_BACK = BACK | {back: forth for forth, back in BACK.items()}


def times(explorer) -> list[float]:
    """Milliseconds of each answer: every control one step forth and back, again and again."""
    page, found = explorer.page, 0
    explorer.cell.evaluate(WATCH)
    for handle in explorer.handles:
        handle.focus()
        key = explorer.step(handle)
        for _ in range(PRESSES):
            time.sleep(REST)
            page.keyboard.press(key)
            found += 1
            page.wait_for_function("n => answers.length >= n", arg=found, timeout=20_000)
            key = FORTH_AND_BACK[key]
    return page.evaluate("answers")


def rows(browser, address):
    for path in explorers.notebooks():
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        errors = explorers.run_all(page, address(path.name))
        if errors:
            raise RuntimeError(f"{path.name} does not run: {errors}")
        for place in explorers.places(path):
            explorer = explorers.Explorer(page, place)
            load = os.getloadavg()[0]
            answers = times(explorer)
            low, middle, high = statistics.quantiles(answers, n=4)
            row = {"notebook": path.stem, "controls": len(explorer.handles)}
            row |= {"presses": len(answers), "median_ms": round(middle, 1)}
            row |= {"low_ms": round(low, 1), "high_ms": round(high, 1)}
            row |= {"worst_ms": round(max(answers), 1), "load": round(load, 2)}
            print(row, flush=True)
            yield row
        page.close()


def main() -> None:
    facts = made_here("make latency")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        names = ("jupyterlab", "ipywidgets", "matplotlib", "playwright")
        facts["versions"] |= {name: metadata.version(name) for name in names}
        facts["versions"]["Chromium"] = browser.version
        with explorers.jupyterlab(Path(folder)) as address:
            found = list(rows(browser, address))
    result = {
        "what": "milliseconds from a key press to the new picture of an explorer, in JupyterLab",
        "settings": {"presses_by_control": PRESSES, "rest_s": REST},
        "provenance": facts,
        "rows": found,
    }
    print(f"wrote {store.write('explorers', result)}")


if __name__ == "__main__":
    try:
        main()
    except pytest.skip.Exception as reason:
        raise SystemExit(f"not measured: {reason}") from None
