"""The list of options and cases in ``docs/parity.md`` names every case, and every option of models and layers."""

import fnmatch
import re

import pytest

from conftest import HERE
from make_cases import select
from parity_cases.layer_cases import layer_cases
from scenerank_keras import apg, m2m, mmoe, pepnet, shared_bottom

MODELS = {
    "pepnet": pepnet.DEFAULTS,
    "apg": apg.DEFAULTS,
    "m2m": m2m.DEFAULTS,
    "mmoe": mmoe.DEFAULTS,
    "shared_bottom": shared_bottom.DEFAULTS,
}


def section():
    """Return the section of options and cases."""
    text = (HERE.parent / "docs/parity.md").read_text(encoding="utf-8")
    return text.split("## Cases by option")[1].split("</details>")[0]


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


def layers():
    """Return ``{layer: the names of its options}``, of all its cases."""
    found = {}
    for layer, config, _ in layer_cases().values():
        found.setdefault(layer, set()).update(config)
    return found


def patterns(table):
    """Return the case names, or patterns of them, in a table."""
    return [pattern for _, cell in tables()[table] for pattern in names(cell)]


@pytest.mark.parametrize("table", tables())
def test_every_case_that_is_named_exists(table):
    known = select("*")
    assert patterns(table)
    assert [p for p in patterns(table) if not fnmatch.filter(known, p)] == []


def test_every_case_is_named():
    named = [pattern for table in tables() for pattern in patterns(table)]
    cases = select("*")
    assert [c for c in cases if not any(fnmatch.fnmatch(c, p) for p in named)] == []


@pytest.mark.parametrize("model", MODELS)
def test_every_option_of_a_model_is_listed(model):
    assert set(MODELS[model]) - listed(model) == set()


@pytest.mark.parametrize("layer", layers())
def test_every_option_of_a_layer_is_listed(layer):
    assert layers()[layer] - listed(layer) == set()


def listed(table):
    """Return the options in a table."""
    return {option for left, _ in tables()[table] for option in names(left)}
