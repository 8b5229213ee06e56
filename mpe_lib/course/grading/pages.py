"""Feedback pages that carry nothing of a student's but words: no script, no picture from afar."""

import html

import bleach
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from traitlets import Any

# bleach cleans what is rendered, not what is written: Markdown makes links and pictures of words
TAGS = frozenset(bleach.ALLOWED_TAGS) | {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "span", "table", "thead",
    "tbody", "tfoot", "tr", "th", "td", "caption", "del", "ins", "s", "sub", "sup", "dl", "dt",
    "dd", "img", "small", "u", "kbd",
}  # fmt: skip
SHOWN = {"text/plain", "text/latex", "text/html", "text/markdown", "image/png", "image/jpeg"}
LONGEST = 20_000  # characters of one text that are rendered; longer ones take a parser for ever
# what the browser is told besides: nothing is loaded but MathJax, which the template asks for
# and which runs its configuration by eval
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline' https://cdnjs.cloudflare.com; "
    "font-src data: https://cdnjs.cloudflare.com; form-action 'none'; base-uri 'none'; "
    "script-src 'unsafe-inline' 'unsafe-eval' https://cdnjs.cloudflare.com"
)
HEAD = f"""<head>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>
<meta name="referrer" content="no-referrer"/>
<script type="text/x-mathjax-config">
MathJax.Hub.Config({{Safe: {{safeProtocols: {{file: false}}}}}});
</script>"""


def clean(text) -> str:
    """HTML of a student's without what loads, runs or leads elsewhere than to a web page.

    >>> clean('<a href="javascript:x()">a</a> <img src="https://b.example/c.png" alt="d">')
    '<a>a</a> <img alt="d">'
    """
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    if len(text) > 10 * LONGEST:
        return f"<pre>{html.escape(_cut(text))}</pre>"
    protocols = ("http", "https")
    return bleach.clean(text, TAGS, _allowed, protocols, strip=True)


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":  # an address without a protocol is a file beside the page
        return value.lower().startswith(("https://", "http://", "#"))
    return name == "alt" and tag == "img"


def words(note: str) -> str:
    """A note as Markdown that means nothing but its letters.

    >>> words("[a](b)")
    '&#91;a&#93;&#40;b&#41;'
    """
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in note)


def shown(cell) -> None:
    """Leave of a student's cell and its outputs only what a page shows, not too much of it."""
    cell.source = _cut(cell.source, 10 * LONGEST)
    for output in cell.get("outputs", []):
        if "data" in output:
            output.data = {kind: data for kind, data in output.data.items() if kind in SHOWN}
        if "metadata" in output:  # a file name, a width and an alternative text go into the page
            output.metadata = {}
    if "outputs" in cell:
        cell.outputs = [each for each in cell.outputs if each.get("data", True)]


def page(notebook, ours: set[str], resources: dict, templates: list[str], styles: str) -> str:
    """nbgrader's feedback page.

    Args:
        ours: texts of the lesson, which are shown as they are.
        templates: folders of nbgrader's templates.
        styles: the folder of its style sheet.
    """
    exporter = _Exporter(template_name="feedback", sanitize_html=True, ours=ours,
                         extra_template_basedirs=templates,
                         extra_template_paths=[styles])  # fmt: skip
    exporter.register_filter("clean_html", clean)
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    text, _ = exporter.from_notebook_node(notebook, resources=resources)
    return text.replace("<head>", HEAD, 1)


class _Exporter(HTMLExporter):
    ours = Any(frozenset())

    @pass_context
    def markdown2html(self, context, source):
        if source in self.ours:
            return super().markdown2html(context, source)
        if len(source) > LONGEST:
            return f"<pre>{html.escape(_cut(source))}</pre>"
        return clean(super().markdown2html(context, source))


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]} ... (cut off by the grader)"
