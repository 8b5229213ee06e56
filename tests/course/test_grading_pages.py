"""Feedback pages show what a student wrote, and carry nothing of it but words."""

import re

import bs4
import nbformat
import pytest
from classroom import NAME, answered, cell, given
from nbformat.v4 import new_markdown_cell, new_output

from mpe_lib.course.grading import pages
from mpe_lib.course.grading.gradebook import Book

CHECK = "ex00-shape-check"
AFAR = "https://afar.example/p.png"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    book = Book(tmp_path_factory.mktemp("book") / "gradebook.db")
    book.add_assignment(NAME, given())
    book.record("ada", NAME, answered())
    return book


def page_of(book, path, texts=(), outputs=(), notes=()):
    notebook = answered()
    notebook.cells += [new_markdown_cell(text) for text in texts]
    cell(notebook, "ex00-shape").outputs = [nbformat.from_dict(each) for each in outputs]
    book.feedback("ada", NAME, notebook, [*notes], path / "page.html")
    soup = bs4.BeautifulSoup((path / "page.html").read_text("utf-8"), "html.parser")
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    return soup.body


def leads(body):
    """Every address on a page, and every element that could fetch one."""
    addresses = [each[key] for each in body.find_all(True) for key in each.attrs
                 if key in ("href", "src", "srcset", "style", "xlink:href", "poster", "data",
                            "action", "background") or key.startswith("on")]  # fmt: skip
    kinds = ("script", "iframe", "audio", "video", "object", "embed", "svg", "style", "form",
             "link", "base", "meta", "input", "source")  # fmt: skip
    return [*addresses, *(each.name for each in body.find_all(kinds))]


BAD = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,a",
       "&#106;avascript:alert(1)", "vbscript:a", "file:///etc/passwd", "//afar.example/a",
       "files/javascript:alert(1)", "../../etc/passwd"]  # fmt: skip
FETCH = [
    f"![a]({AFAR})", f"![a][1]\n\n[1]: {AFAR}", f"<img src={AFAR}>", f"<video src={AFAR}></video>",
    f"<audio src={AFAR}></audio>", f"<iframe src={AFAR}></iframe>",
    f"<svg><use href='{AFAR}#a'/></svg>", f"<p style='background:url({AFAR})'>a</p>",
    f"<style>p {{background: url({AFAR})}}</style>", f"<object data={AFAR}></object>",
    "<form action=https://afar.example><input></form>", f"<math><img src={AFAR}></math>",
]  # fmt: skip


def same(body):
    """Whether only the page's own anchors are left."""
    return [each for each in leads(body) if not re.fullmatch(r"#[\w.,:?()%-]*", each)]


def test_a_page_without_a_students_text_leads_nowhere_new(book, tmp_path):
    first = same(page_of(book, tmp_path))
    assert all(each.startswith("https://") or "ipynb" in each or "md" in each for each in first)


def test_links_of_a_student_lead_to_the_web_only(book, tmp_path):
    usual = same(page_of(book, tmp_path))
    texts = [f"[a]({bad})" for bad in BAD] + [f"[a]: <{bad}>\n\n[a]" for bad in BAD]
    texts += [f"<a href='{bad}'>a</a>" for bad in BAD] + [f"<{bad}>" for bad in BAD]
    assert same(page_of(book, tmp_path, texts)) == usual
    good = "[a](https://good.example)"
    assert "https://good.example" in same(page_of(book, tmp_path, [good]))


def test_pictures_and_all_else_from_afar_are_taken_out(book, tmp_path):
    usual = same(page_of(book, tmp_path))
    for kind in ("text/markdown", "text/html", "image/svg+xml", "application/javascript"):
        shown = [new_output("display_data", {kind: text}) for text in FETCH]
        assert same(page_of(book, tmp_path, FETCH, shown)) == usual
    body = page_of(book, tmp_path, ["![a cat](https://afar.example/cat.png)"])
    assert body.find("img", alt="a cat") and not body.find("img", alt="a cat").get("src")


def test_metadata_of_an_output_does_not_reach_the_page(book, tmp_path):
    marks = {"filenames": {"image/png": AFAR}, "image/png": {"width": "1 onerror=alert(1)"}}
    output = new_output("display_data", {"image/png": "aGk="}, metadata=marks)
    body = page_of(book, tmp_path, outputs=[output])
    assert [img["src"] for img in body.find_all("img", src=re.compile("aGk"))]
    assert not body.find_all(onerror=True) and AFAR not in leads(body)


def test_notes_are_words(book, tmp_path):
    usual = same(page_of(book, tmp_path, notes=["a note"]))
    notes = [
        f"[a]({BAD[0]})",
        f"![a]({AFAR})",
        f"<img src={AFAR}>",
        "<script>a</script>",
        "`a` *b*",
    ]
    body = page_of(book, tmp_path, notes=notes)
    assert same(body) == usual
    assert [li.text for li in body.find("h4").find_next("ul").find_all("li")] == notes


def test_a_table_of_a_student_is_shown_as_one(book, tmp_path):
    table = "<table><tr><td>12.5</td></tr></table>"
    body = page_of(book, tmp_path, outputs=[new_output("display_data", {"text/html": table})])
    assert body.find("td", string="12.5")


def test_text_without_end_is_cut(book, tmp_path):
    texts = ["\\\\[" * 200_000]
    shown = [new_output("display_data", {"text/html": "<b>" * 10**6})]
    body = page_of(book, tmp_path, texts, shown)
    assert body.text.count("cut off by the grader") == 2 and len(body.text) < 10**6


def test_a_code_cell_with_a_text_of_ours_is_not_ours(book, tmp_path):
    usual = same(page_of(book, tmp_path))
    notebook = answered()
    ours = next(each.source for each in notebook.cells if each.cell_type == "markdown")
    mine = cell(notebook, "ex00-shape")
    mine.source = ours
    mine.outputs = [new_output("display_data", {"text/html": f"<img src={AFAR}>"})]
    book.feedback("ada", NAME, notebook, [], tmp_path / "page.html")
    soup = bs4.BeautifulSoup((tmp_path / "page.html").read_text("utf-8"), "html.parser")
    assert same(soup.body) == usual
    assert pages.clean(b"<b>a</b><script>b</script>") == "<b>a</b>b"
