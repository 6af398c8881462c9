"""The README's list of options and cases names cases that exist, and every option of every model."""

import fnmatch
import re

import pytest

from conftest import HERE
from make_cases import select
from scenerank_keras import apg, m2m, mmoe, pepnet, shared_bottom

MODELS = {
    "pepnet": pepnet.DEFAULTS,
    "apg": apg.DEFAULTS,
    "m2m": m2m.DEFAULTS,
    "mmoe": mmoe.DEFAULTS,
    "shared_bottom": shared_bottom.DEFAULTS,
}


def section():
    """Return the README's section of options and cases."""
    text = (HERE.parent / "README.md").read_text(encoding="utf-8")
    return text.split("### Which case covers which option")[1].split("</details>")[0]


def tables():
    """Return ``{first heading: [(option cell, cases cell)]}`` of the section's tables."""
    found = {}
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section(), re.MULTILINE)
    for left, right in rows:
        if right == "cases":
            name = left.strip("`")
            found[name] = []
        elif not left.startswith("---"):
            found[name].append((left, right))
    return found


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("table", [*MODELS, "layer"])
def test_every_case_that_is_named_exists(table):
    known = select("*")
    options = {option for row in tables()[table] for option in names(row[0])}
    patterns = [p for _, cell in tables()[table] for p in names(cell) if p not in options]
    missing = [
        pattern
        for pattern in patterns
        if pattern not in ("prelu", "dice") and not fnmatch.filter(known, pattern)
    ]
    assert patterns
    assert not missing


@pytest.mark.parametrize("model", MODELS)
def test_every_option_of_a_model_is_listed(model):
    listed = {option for left, _ in tables()[model] for option in names(left)}
    # The chapter's spelling stands in the table, the other one in a case of its own.
    assert set(MODELS[model]) - listed - {"position_agg_func"} == set()
