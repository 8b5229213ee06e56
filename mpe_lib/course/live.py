"""What explorers and predictions share: boxes that say when they are dead, one to a cell."""

from functools import cache
from typing import Any

RESTARTED = "The kernel was restarted: run this cell again."
# long words wrap, and a box whose kernel is gone says so
LOOK = """<style>
.mpe-live.jupyter-widgets-disconnected::before {
  content: "%s"; display: block; font-weight: bold; padding: 4px 0; }
.mpe-live figure { margin: 0; }
.mpe-live button.mpe-choice { height: auto; min-height: 28px; white-space: normal;
  text-align: left; line-height: 1.4; padding: 3px 10px; }
.mpe-live .widget-dropdown { flex-wrap: wrap; height: auto; }
.mpe-live .widget-dropdown > .widget-label { flex: 0 1 25em; width: auto; text-align: left; }
.mpe-live .widget-dropdown > select { flex: 1 1 14em; }
</style>"""
# A slider of ipywidgets says its place ("22"): it is given its name, and its value with the unit.
# JupyterLab takes the arrow keys of a list for its own: it is told to leave them.
NAMES = """
if (!window.mpeNames) {
  const name = () => document.querySelectorAll('.mpe-row').forEach(row => {
    const words = row.querySelector('[data-values]'), handle = row.querySelector('[role=slider]');
    if (!words || !handle) return;
    const values = JSON.parse(words.dataset.values);
    const value = values[Math.round(handle.getAttribute('aria-valuenow'))];
    const wanted = {'aria-label': words.dataset.name, 'aria-valuetext': value};
    for (const [key, text] of Object.entries(wanted))
      if (handle.getAttribute(key) !== text) handle.setAttribute(key, text);
  });
  const leave = () => document.querySelectorAll('.mpe-live select').forEach(
    list => list.dataset.lmSuppressShortcuts = 'true');
  window.mpeNames = new MutationObserver(() => { name(); leave(); });
  window.mpeNames.observe(document.body, {subtree: true, childList: true, attributes: true,
    attributeFilter: ['aria-valuenow', 'aria-valuetext', 'data-values']});
  name();
  leave();
}
"""
_boxes: dict[str, tuple[str, list]] = {}  # cell -> (its run, what it showed)


def live(parts: list, still: str, text: str) -> Any:
    """A box of widgets; where no kernel moves it, the page has `still` in its place.

    Args:
        parts: widgets, one below the other.
        still: HTML for pages without a kernel.
        text: the same in words alone.

    Returns:
        the box, to be displayed. What an earlier run of the same cell showed is closed.
    """
    import ipywidgets

    box = _kind()([ipywidgets.HTML(LOOK % RESTARTED), *parts])
    box.still, box.words = still, text
    box.add_class("mpe-live")
    _one_to_a_cell(box)
    return box


@cache
def _kind() -> type:
    """The class of these boxes; made when the first is, since ipywidgets may be missing."""
    import ipywidgets

    class Live(ipywidgets.VBox):
        still = words = ""

        def _repr_mimebundle_(self, **kwargs):
            bundle = super()._repr_mimebundle_(**kwargs)
            return bundle | {"text/html": self.still, "text/plain": self.words}

    return Live


def name_sliders() -> None:
    """Let the sliders of this page say their names and values."""
    from IPython.display import Javascript, display

    display(Javascript(NAMES))


def _one_to_a_cell(box) -> None:
    cell, run = _here()
    if not cell:
        return
    before, shown = _boxes.get(cell, ("", []))
    if before != run:
        for each in shown:
            _close(each)
        shown = []
    _boxes[cell] = run, [*shown, box]


def _close(widget) -> None:
    parts = (getattr(widget, name, None) for name in ("layout", "style"))  # widgets of their own
    for each in (*getattr(widget, "children", ()), *filter(None, parts)):
        _close(each)
    widget.close()


def _here() -> tuple[str, str]:
    """The cell that runs and which run of it this is; empty where no front end says it."""
    from IPython import get_ipython

    parent = getattr(get_ipython(), "get_parent", dict)()
    cell = parent.get("metadata", {}).get("cellId", "")
    return cell, parent.get("header", {}).get("msg_id", "")
