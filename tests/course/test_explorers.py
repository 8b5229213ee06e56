"""Every explorer in JupyterLab, in a browser: by keyboard, by mouse, narrow, and in the dark."""

from pathlib import Path
from types import SimpleNamespace

import explorers
import pytest
from browser import chromium

PATHS = explorers.notebooks()
PICTURES = Path(__file__).parents[1] / "artefacts"
WIDE, NARROW = (1400, 1000), (720, 900)  # the second: half a laptop's window
CHANGED = """([cell, source, words]) =>
  cell.querySelector('.widget-image').src !== source &&
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
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    pytest.importorskip("jupyterlab", reason="no JupyterLab: pip install -r requirements.txt")
    pytest.importorskip("ipywidgets", reason="no ipywidgets: pip install -r requirements.txt")
    PICTURES.mkdir(exist_ok=True)
    with chromium() as browser, explorers.jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield SimpleNamespace(browser=browser, address=address)


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem)
def opened(lab, request):
    """A notebook after "run all", with its explorers; nothing left the machine."""
    path, asked = request.param, []
    page = lab.browser.new_page(viewport=dict(zip(("width", "height"), WIDE, strict=True)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    errors = explorers.run_all(page, lab.address(path.name))
    yield SimpleNamespace(path=path, page=page, errors=errors, places=explorers.places(path))
    page.close()
    own = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert asked and not [url for url in asked if not url.startswith(own)]


@pytest.fixture
def each(opened):
    """The explorers of the notebook, in a wide window and in light."""
    look(opened.page, *WIDE, "JupyterLab Light")
    return [explorers.Explorer(opened.page, place) for place in opened.places]


def look(page, width, height, theme):
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    light = str("Light" in theme).lower()
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")


def answers(explorer, move):
    """The state after a move; picture and words must both become others."""
    before = explorer.state()
    move()
    explorer.page.wait_for_function(CHANGED, arg=[explorer.cell, *before], timeout=20_000)
    return explorer.state()


def focused(explorer, element):
    return explorer.page.evaluate("element => document.activeElement === element", element)


def keep(opened, explorer, name):
    explorer.buttons["Reset"].scroll_into_view_if_needed()
    opened.page.screenshot(path=PICTURES / f"{opened.path.stem}_{name}.png")


def test_it_runs_without_error(opened):
    assert opened.errors == []


def test_the_keyboard_is_enough(opened, each):
    keyboard = opened.page.keyboard
    for explorer in each:
        _, first = explorer.state()
        assert first.startswith("Figure: ") and 1 <= len(explorer.handles) <= 3
        explorer.handles[0].focus()
        for k, handle in enumerate(explorer.handles):
            if k:
                keyboard.press("Tab")
            assert focused(explorer, handle)
            key = explorer.step(handle)
            answers(explorer, lambda key=key: keyboard.press(key))
        for name in ("New sample", "Reset"):
            if name in explorer.buttons:
                keyboard.press("Tab")
                assert focused(explorer, explorer.buttons[name])
                _, last = answers(explorer, lambda: keyboard.press("Space"))
        assert last == first
        keep(opened, explorer, "keyboard")


def test_the_mouse_is_enough(opened, each):
    mouse = opened.page.mouse
    for explorer in each:
        _, first = explorer.state()
        for track, handle in zip(explorer.tracks, explorer.handles, strict=True):
            track.scroll_into_view_if_needed()
            box = track.bounding_box()
            far = 0.98 if explorer.step(handle) == "ArrowRight" else 0.02
            where = box["x"] + far * box["width"], box["y"] + box["height"] / 2
            answers(explorer, lambda where=where: mouse.click(*where))
            _, last = answers(explorer, explorer.buttons["Reset"].click)
            assert last == first
        if "New sample" in explorer.buttons:
            _, last = answers(explorer, explorer.buttons["New sample"].click)
            assert last != first
            answers(explorer, explorer.buttons["Reset"].click)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_half_a_window_in_light_and_in_dark(opened, each, theme):
    look(opened.page, *NARROW, theme)
    for explorer in (explorers.Explorer(opened.page, place) for place in opened.places):
        keep(opened, explorer, f"narrow_{theme.split()[1].lower()}")
        assert explorer.cell.evaluate(OUT) == []
        shape = explorer.image.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        box = explorer.image.bounding_box()
        assert box["width"] / box["height"] == pytest.approx(shape[0] / shape[1], rel=0.02)
        assert explorer.cell.evaluate(CONTRAST) >= 4.5
        explorer.handles[0].focus()
        answers(explorer, lambda: opened.page.keyboard.press("End"))
        assert explorer.cell.evaluate(OUT) == []
        answers(explorer, explorer.buttons["Reset"].click)
