"""How Sphinx makes the pages; ``python -m mpe_lib.course.site`` lays out what it reads."""

from importlib.util import find_spec
from pathlib import Path

project = "MPE-PSN, taught and measured"
author = "the authors of the MPE-PSN teaching collection"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["README.md", "downloads"]  # the README is taken apart by index and results

nb_execution_mode = "off"  # the stored outputs, which the tests compare with a fresh run
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_render_markdown_format = "myst"  # its tables and links, in outputs too

# One file of MathJax, from the wheel that carries it: the pages ask no other machine for it.
_wheel = Path(find_spec("sphinx-mathjax-offline").origin).parent
html_static_path = ["static", str(_wheel / "static" / "mathjax" / "tex-svg.js")]
mathjax_path = "tex-svg.js"
# a page has a hundred equations: only those that scroll are stops of the keyboard (book.js)
mathjax3_config = {"options": {"menuOptions": {"settings": {"inTabOrder": False}}}}

default_role = "code"  # the docstrings write names in single backticks
napoleon_numpy_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_rtype = False

html_theme = "furo"
templates_path = ["templates"]
html_title = project
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
# both pass the contrast of WCAG AAA
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def levels(app, page, template, context, doctree):
    """Give the headings of the sidebar the level that their role asks for (WCAG 4.1.2)."""
    role, tree = 'role="heading"', context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace(role, f'{role} aria-level="2"')


def setup(app):
    app.connect("html-page-context", levels, priority=900)  # after the theme has made its tree
