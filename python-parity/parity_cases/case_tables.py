"""The tables of ``docs/parity.md``: which cases cover which option.

A row is an option of a model or a layer; it names the cases by the option's value. A value that
more than ``SHOWN`` cases have names the first ones and their number. A last row names the cases
that no row before it names, so that every case is in its table.
"""

import importlib
import json

from .balanced_cases import BALANCED_CASES
from .labelled_cases import LABELLED_CASES
from .layer_cases import layer_cases
from .model_cases import MODEL_CASES
from .original_cases import original_cases
from .replay_cases import LONG_SIZE, REPLAY_CASES, SIZE
from .seeded_cases import LONG

BEGIN = "<!-- cases: written by python-parity/case_tables.py -->\n"
END = "<!-- end of cases -->\n"
SHOWN = 3


def case_tables(names):
    """Return the Markdown of all tables over the cases of these names."""
    tables = [
        *_option_tables(_model_options(names)),
        *_option_tables(_layer_options(names)),
        _table("training", "cases", _training_rows(names)),
        _table("form of a case", "cases", [_original_row(names)]),
    ]
    return "\n".join(tables)


def renewed(page, names):
    """Return the text of the page with its tables written again."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{case_tables(names)}\n{END}{after}"


def _model_options(names):
    """Return ``{model: {case: {option: value}}}``; a replay is a case of its model."""
    cases = dict(MODEL_CASES)
    cases.update((name, (model, *case)) for name, (model, _, *case) in REPLAY_CASES.items())
    found = {}
    for name, (model, columns, params) in cases.items():
        defaults = importlib.import_module(f"scenerank_keras.{model}").DEFAULTS
        options = {**defaults, **params, "columns": _columns_text(columns)}
        found.setdefault(model, {})[name] = options
    return _only(found, names)


def _layer_options(names):
    """Return ``{layer: {case: {option: value}}}``."""
    found = {}
    for name, (layer, config, shapes) in layer_cases().items():
        found.setdefault(layer, {})[name] = {**config, "inputs": _shapes_text(shapes)}
    return _only(found, names)


def _only(found, names):
    return {
        title: {name: options for name, options in cases.items() if name in names}
        for title, cases in found.items()
    }


def _columns_text(columns):
    """Return in words what is not plain in a case's columns."""
    words = []
    if any(column.get("type") == "varlen_sparse" for column in columns):
        words.append("sequence")
    if any(column.get("type") == "dense" for column in columns):
        words.append("dense")
    tables = [column.get("emb_name", column["name"]) for column in columns]
    if len(set(tables)) < len(tables):
        words.append("shared table")
    if any(column.get("mask_zero") is False for column in columns):
        words.append("`mask_zero` false")
    if any(column.get("l2_reg") for column in columns):
        words.append("`l2_reg` of a table")
    if len({column.get("emb_dim") for column in columns if "vocab_size" in column}) > 1:
        words.append("several widths")
    return ", ".join(words) or "ids only"


def _shapes_text(shapes):
    axes = max(len(shape) for shape in shapes)
    rows = "one row" if shapes[0][0] == 1 else "several rows"
    return f"{axes} axes, {rows}"


def _option_tables(cases_by_title):
    for title, cases in cases_by_title.items():
        yield _table(f"`{title}`, option", "cases by value", _option_rows(cases))


def _option_rows(cases):
    """Return ``[(option, cell)]``, and a row of the cases that no cell names."""
    rows = []
    named = set()
    options = dict.fromkeys(option for values in cases.values() for option in values)
    for option in options:
        by_value = {}
        for name, values in cases.items():
            by_value.setdefault(_value_text(option, values), []).append(name)
        cells = []
        for value, having in by_value.items():
            named.update(_first(having))
            cells.append(f"{value}: {_listed(having)}")
        title = option if option in ("columns", "inputs") else f"`{option}`"
        rows.append((title, "; ".join(cells)))
    rest = [name for name in cases if name not in named]
    return [*rows, ("further cases", _named(rest))] if rest else rows


def _value_text(option, values):
    if option not in values:
        return "not given"
    value = values[option]
    if option in ("columns", "inputs"):
        return value
    if isinstance(value, list) and option == "task_names":
        return ("one", "two", "three")[len(value) - 1]
    return "none" if value is None else json.dumps(value).replace('"', "").replace("|", "\\|")


def _first(names):
    return names if len(names) <= SHOWN + 1 else names[:SHOWN]


def _listed(names):
    names = list(names)
    shown = _named(_first(names))
    more = len(names) - len(_first(names))
    return f"{shown} and {more} more" if more else shown


def _named(names):
    return ", ".join(f"`{name}`" for name in names)


def _original_row(names):
    cases = [name for name in original_cases() if name in names]
    return ("as the original implementation writes it", _named(cases))


def _training_rows(names):
    replays = {name: case for name, case in REPLAY_CASES.items() if name in names}

    def row(text, chosen):
        return (text, _named(name for name, case in replays.items() if chosen(name, case)))

    return [
        row(f"{SIZE[0]} steps, Adam of Keras 2", lambda name, case: case[1] == 2),
        row(
            f"{SIZE[0]} steps, Adam of Keras 3, with its dropout where a case has one",
            lambda name, case: case[1] == 3 and not name.startswith(LONG),
        ),
        row(
            f"{LONG_SIZE[0]} steps with dropout, from initial values of known seeds",
            lambda name, case: name.startswith(LONG),
        ),
        (
            "labels that miss, sample weights, numbers and counts, by Keras 3's own training",
            _named(name for name in LABELLED_CASES if name in names),
        ),
        (
            "the same labels with learned weights of the losses, `uncertainty` and `gradnorm`",
            _named(name for name in BALANCED_CASES if name in names),
        ),
    ]


def _table(left, right, rows):
    lines = [f"| {left} | {right} |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows)]
    return "\n".join(lines) + "\n"
