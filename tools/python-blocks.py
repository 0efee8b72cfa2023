"""Runs the Python blocks of a page in one namespace, as a notebook does, and checks every `# =>`: run in the root of
the repository. Blocks that begin in the middle of a loop find `optimizer` and `train_one_epoch`.

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


def reader_names():
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    return {"optimizer": optimizer, "train_one_epoch": optimizer.step}


for page in sys.argv[1:]:
    blocks = re.findall(r"^```python[^\n]*\n(.*?)^```", Path(page).read_text(), re.M | re.S)
    names = reader_names()
    print(f"{page}: {sum(check(code, names) for code in blocks)} values in {len(blocks)} blocks")
