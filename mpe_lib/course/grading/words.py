"""What others wrote, made fit for a terminal, a table and a file name."""

import os
import re
import unicodedata

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# turn the direction of what is read, or are not seen at all; joiners, which words need, stay
UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
FORMULA = tuple("=+-@\t\r＝＋－＠")
LONGEST = 500  # characters of a note


def plain(text: str) -> str:
    """A line with every control character as something to see, not left out: a name that has one
    must not become somebody else's.

    Bytes of a name that are no UTF-8 are read as Latin-1, and letters are composed, so that a name
    is one name wherever its folder was packed.

    >>> plain("a\\x1b[31mb\\u202ec"), plain("Ju\\u0308rgen") == plain("J\\udcfcrgen")
    ('a␛[31mb(U+202E)c', True)
    """
    text = re.sub("[\udc80-\udcff]+", lambda m: os.fsencode(m[0]).decode("cp1252", "replace"), text)
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)  # half of a character: no file can hold it
    text = "".join(map(_seen, text))
    return unicodedata.normalize("NFC", text)


def _seen(letter: str) -> str:
    code = ord(letter)
    if code < 32:
        return chr(0x2400 + code)  # a picture of it
    if code == 127 or 128 <= code < 160 or UNSEEN.match(letter):
        return f"(U+{code:04X})"
    return letter


def note(text: str) -> str:
    """A note in one line: no colours, no control characters, not longer than `LONGEST`.

    >>> note("\\x1b[31mNameError\\x1b[0m:\\n  x")
    'NameError: x'
    """
    text = plain(re.sub(r"\s+", " ", ANSI.sub("", text[: 4 * LONGEST])).strip())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def table_cell(value):
    """A value for scores.csv: text that a spreadsheet would take for a formula gets a ``'``.

    >>> table_cell("=1+1"), table_cell(0.5)
    ("'=1+1", 0.5)
    """
    if not isinstance(value, str):
        return value
    return f"'{plain(value)}" if value.startswith(FORMULA) else plain(value)
