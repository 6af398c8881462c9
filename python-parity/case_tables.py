"""Compare the tables of cases in ``docs/parity.md`` with the cases; ``--write`` renews them."""

import argparse
import pathlib
import sys

from make_cases import select
from parity_cases.case_tables import renewed

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/parity.md"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    expected = renewed(page, set(select("*")))
    if arguments.write:
        PAGE.write_text(expected, encoding="utf-8")
    elif page != expected:
        sys.exit(f"{PAGE} differs from the cases: run bin/docs")


if __name__ == "__main__":
    main()
