"""Runs the Python blocks of a page in one namespace, as a notebook does, and checks every `# =>`: run in the root of
the repository.

    PYTHONPATH=/path/to/pytorch-image-models python3 tools/python-blocks.py docs/tutorial/step-lr-scheduler.md
"""
import ast
import math
import re
import sys
from pathlib import Path


def equal(actual, expected):
    if isinstance(expected, list):
        return len(actual) == len(expected) and all(map(equal, actual, expected))
    if isinstance(expected, float):
        return math.isclose(actual, expected, rel_tol=1e-15)
    return actual == expected


def check(code, names):
    """Runs a block; returns how many values it checked."""
    lines = code.split("\n")
    checked = 0
    for statement in ast.parse(code).body:
        source = ast.get_source_segment(code, statement)
        found = re.search(r"# => (.*)", lines[statement.end_lineno - 1])
        if found is None:
            exec(source, names)
            continue
        actual, expected = eval(source, names), ast.literal_eval(found[1])
        if not equal(actual, expected):
            raise SystemExit(f"{source} gives {actual}, not {expected}")
        checked += 1
    if checked != code.count("# =>"):
        raise SystemExit(f"{code.count('# =>')} values, but {checked} are checked:\n{code}")
    return checked


for page in sys.argv[1:]:
    blocks = re.findall(r"^```python[^\n]*\n(.*?)^```", Path(page).read_text(), re.M | re.S)
    names = {}
    print(f"{page}: {sum(check(code, names) for code in blocks)} values in {len(blocks)} blocks")
