"""Runs the Python that the playground copies, and prints or records the rates that it prints.

    python3 tools/playground-python.py test/golden/playground/*.py             # JSON to stdout
    python3 tools/playground-python.py --record test/golden/playground/*.py    # rates.json beside them

The folder of timm's repository is in the environment variable TSIMM_TIMM where timm is not installed. The programs
themselves are written by `npx vitest run apps/playground/src/schedule/copy -u`.
"""
import contextlib
import hashlib
import io
import json
import os
import sys
from pathlib import Path

if os.environ.get("TSIMM_TIMM"):
    sys.path.insert(0, os.environ["TSIMM_TIMM"])


def printed_rates(text):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "copied", "exec"), {"__name__": "copied"})
    rows = [line.split() for line in out.getvalue().splitlines()]
    assert [int(row[0]) for row in rows] == list(range(len(rows))), "lines are not those of t = 0, 1, 2, ..."
    return [[float(rate) for rate in row[1:]] for row in rows]


def main():
    words = sys.argv[1:]
    files = [Path(word) for word in words if word != "--record"]
    result = {}
    for file in sorted(files):
        text = file.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        result[file.stem] = {"sha256": digest, "rates": printed_rates(text)}
    if "--record" not in words:
        print(json.dumps(result))
        return
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in result.items()]
    path = files[0].parent / "rates.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


main()
