"""Every student copy in JupyterLab, in a browser: "Run All", its figures and predictions, and the
explorers by keyboard, by mouse, by ear, narrow, and in the dark."""

import re
from pathlib import Path
from types import SimpleNamespace

import explorers
import nbformat
import pytest
from browser import chromium

from mpe_lib.course import walk

PATHS = walk.notebooks()
PICTURES = Path(__file__).parents[1] / "artefacts"
WIDE, NARROW = (1400, 1000), (720, 900)  # the second: half a laptop's window
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^()\s]+)\)")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    pytest.importorskip("jupyterlab", reason="no JupyterLab: pip install -r requirements.txt")
    pytest.importorskip("ipywidgets", reason="no ipywidgets: pip install -r requirements.txt")
    PICTURES.mkdir(exist_ok=True)
    with chromium() as browser, explorers.jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield SimpleNamespace(browser=browser, address=address)


def together(path):
    """What is asked of one notebook is asked by one worker, which opens it once."""
    return pytest.param(path, marks=pytest.mark.xdist_group(path.stem))


@pytest.fixture(scope="module", params=map(together, PATHS), ids=lambda path: path.stem)
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
    explorers.look(opened.page, *WIDE, "JupyterLab Light")
    return [explorers.Explorer(opened.page, place) for place in opened.places]


def answers(explorer, move):
    """The state after a move; picture and words must both become others."""
    before = explorer.state()
    move()
    explorer.page.wait_for_function(explorers.CHANGED, arg=[explorer.cell, *before], timeout=20_000)
    return explorer.state()


def focused(explorer, element):
    return explorer.page.evaluate("element => document.activeElement === element", element)


def keep(opened, explorer, name):
    explorer.buttons["Reset"].scroll_into_view_if_needed()
    opened.page.screenshot(path=PICTURES / f"{opened.path.stem}_{name}.png")


def test_a_copy_runs_from_top_to_bottom_and_shows_every_figure(opened):
    """No exercise is answered: nothing stops, and every picture is there and has been loaded."""
    assert opened.errors == []
    source = nbformat.read(opened.path, as_version=4)
    wanted = [c.id for c in source.cells if "<figure" in str(c.get("outputs")) and c.outputs]
    cells = {cell.id: k for k, cell in enumerate(source.cells)}
    assert wanted
    for name in wanted:
        cell = opened.page.evaluate_handle(explorers.SCROLL, cells[name]).as_element()
        image = cell.wait_for_selector("figure img")
        opened.page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=image
        )
        assert image.get_attribute("alt") and cell.query_selector("figcaption").text_content()
        assert not cell.query_selector(".jp-Editor")  # its source, with the title, is folded


def test_predictions_by_mouse_and_by_keyboard(opened):
    source, page = nbformat.read(opened.path, as_version=4), opened.page
    places = [k for k, cell in enumerate(source.cells) if "sealed=" in cell.source]
    assert places or not opened.path.stem[:2].isdigit() or opened.path.stem.startswith("00")
    for n, place in enumerate(places):
        cell = page.evaluate_handle(explorers.SCROLL, place).as_element()
        choices = [each for each in cell.query_selector_all("button.mpe-choice")]
        assert 2 <= len(choices) <= 4
        said = cell.wait_for_selector("p[role=status]")
        assert said.text_content().startswith("Choose before you run")
        chosen = choices[n % len(choices)]
        if n % 2:
            choices[0].focus()
            for _ in range(n % len(choices)):
                page.keyboard.press("Tab")
            page.keyboard.press("Space")
        else:
            chosen.click()
        page.wait_for_function(
            "cell => cell.querySelector('p[role=status]').textContent.startsWith('You chose')",
            arg=cell,
        )
        told = cell.query_selector("p[role=status]").text_content()
        assert chosen.text_content().strip() in told, told
        assert cell.evaluate(explorers.OUT) == []


def test_axe_finds_nothing_in_what_the_cells_show(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    source = nbformat.read(opened.path, as_version=4)
    code = [k for k, cell in enumerate(source.cells) if cell.cell_type == "code"]
    places = {*code[:6], *code[-3:], *opened.places}
    for place in sorted(places):
        cell = opened.page.evaluate_handle(explorers.SCROLL, place).as_element()
        if cell.query_selector(".jp-OutputArea-output"):
            cell.evaluate("cell => cell.querySelector('.jp-OutputArea').id = 'ours'")
            found = axe.Axe().run(opened.page, context="#ours", options=explorers.RULES).response
            assert not found["violations"], [
                (each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]
            ]
            cell.evaluate("cell => cell.querySelector('.jp-OutputArea').removeAttribute('id')")


def test_every_link_opens(opened):
    """What a copy tells one to read is there, from where the copy lies; one is clicked."""
    links = [
        link.split("#")[0]
        for cell in nbformat.read(opened.path, as_version=4).cells
        for link in (LINK.findall(cell.source) if cell.cell_type == "markdown" else ())
    ]
    assert links and all((opened.path.parent / link).exists() for link in links)
    if opened.path.stem == "ledger":
        opened.page.evaluate(explorers.SCROLL, 0)
        opened.page.locator(".jp-RenderedMarkdown a", has_text="data/README.md").first.click()
        opened.page.wait_for_function(
            "() => [...jupyterapp.shell.widgets('main')].some("
            "each => each.context?.path === 'data/README.md' && each.isAttached)"
        )


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


def test_a_screen_reader_hears_names_and_values(opened, each):
    """Every control has its words for a name, and says its value with the unit; the picture has
    its words, which follow it."""
    for explorer in each:
        for handle in explorer.handles:
            name, value = handle.evaluate(explorers.HEARD)
            assert re.fullmatch(r"[A-Z][^()]+ \(.+\) \[.+\]", name), name
            unit = name.rpartition("[")[2].rstrip("]")
            assert unit in ("1", "name") or value.endswith(f" {unit}"), (name, value)
            handle.focus()
            key = explorer.step(handle)
            _, line = answers(explorer, lambda key=key: opened.page.keyboard.press(key))
            assert explorer.image.get_attribute("alt") == line.removeprefix("Figure: ")
            opened.page.wait_for_function(
                "([node, before]) => (" + explorers.HEARD + ")(node)[1] !== before",
                arg=[handle, value],
            )
            answers(explorer, explorer.buttons["Reset"].click)


def test_the_mouse_is_enough(opened, each):
    mouse = opened.page.mouse
    for explorer in each:
        _, first = explorer.state()
        for track, handle in zip(explorer.tracks, explorer.handles, strict=True):
            track.scroll_into_view_if_needed()
            if explorers.is_list(handle):
                other = 0 if explorer.step(handle) == "ArrowUp" else -1
                names = handle.evaluate("list => [...list].map(each => each.value)")
                answers(explorer, lambda h=handle, v=names[other]: h.select_option(v))
                _, last = answers(explorer, explorer.buttons["Reset"].click)
                assert last == first
                continue
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
    explorers.look(opened.page, *NARROW, theme)
    for explorer in (explorers.Explorer(opened.page, place) for place in opened.places):
        keep(opened, explorer, f"narrow_{theme.split()[1].lower()}")
        assert explorer.cell.evaluate(explorers.OUT) == []
        shape = explorer.image.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        box = explorer.image.bounding_box()
        assert box["width"] / box["height"] == pytest.approx(shape[0] / shape[1], rel=0.02)
        assert explorer.cell.evaluate(explorers.CONTRAST) >= 4.5
        explorer.handles[0].focus()
        answers(explorer, lambda: opened.page.keyboard.press("End"))
        assert explorer.cell.evaluate(explorers.OUT) == []
        answers(explorer, explorer.buttons["Reset"].click)


def test_after_a_restart_what_is_dead_says_so(lab):
    page = lab.browser.new_page()
    assert explorers.run_all(page, lab.address("00_start_here.ipynb")) == []
    source = nbformat.read(PATHS[0], as_version=4)
    (place,) = (k for k, cell in enumerate(source.cells) if "sealed=" in cell.source)
    cell = page.evaluate_handle(explorers.SCROLL, place).as_element()
    said = "cell => getComputedStyle(cell.querySelector('.mpe-live'), '::before').content"
    assert cell.evaluate(said) == "none"
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_function(f"cell => ({said})(cell).includes('was restarted')", arg=cell)
    page.close()


def test_students_see_no_teachers_tools(lab):
    page = lab.browser.new_page()
    page.goto(lab.address("00_start_here.ipynb"))
    page.wait_for_function(explorers.READY, timeout=90_000)
    commands = page.evaluate("jupyterapp.commands.listCommands()")
    assert "notebook:run-all-cells" in commands
    assert not [name for name in commands if "nbgrader" in name]
    assert "Create Assignment" not in page.inner_text("body")
    page.close()
