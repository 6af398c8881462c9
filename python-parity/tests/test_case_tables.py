"""The tables of cases in ``docs/parity.md`` are those that the cases give."""

import re

import pytest

from case_tables import PAGE
from make_cases import model_defaults, select
from parity_cases.case_tables import BEGIN, END, case_tables, renewed


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(page):
    return page.split(BEGIN)[1].split(END)[0]


def test_the_page_is_what_the_cases_give(page):
    assert page == renewed(page, set(select("*"))), "run bin/docs"


def test_every_case_is_in_a_table(tables):
    named = set(re.findall(r"`([^`]+)`", tables))
    counted = sum(int(more) for more in re.findall(r"and (\d+) more", tables))
    assert counted > 0
    assert set(select("*")) - named == set()


@pytest.mark.parametrize("model", model_defaults())
def test_every_option_of_a_model_is_a_row(model, tables):
    table = tables.split(f"| `{model}`, option |")[1].split("\n\n")[0]
    rows = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert set(model_defaults()[model]) - rows == set()


def test_a_case_less_changes_the_tables():
    names = set(select("*"))
    assert case_tables(names) != case_tables(names - {"pepnet-plain"})
