"""A headless Chromium for the tests of pages and explorers; they skip where there is none."""

import os
import shutil
from contextlib import contextmanager

import pytest

# no sandbox, as containers run as root; nothing that would look for a network by itself
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium():
    """A browser of playwright with a fresh profile; MPE_CHROMIUM names another program.

    Skips the test, with the reason, where playwright or the browser is missing.
    """
    reason = "no playwright: pip install -r tests/requirements.txt"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    program = os.environ.get("MPE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        pytest.skip("no Chromium: install it (Debian: apt install chromium) or set MPE_CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
