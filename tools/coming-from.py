"""Runs the Python blocks below "## Coming from" of the schedules' pages and writes what PyTorch, Keras and optax
give to test/golden/coming-from.json: run in the root of the repository.

    python3 tools/coming-from.py PyTorch          # in an environment with torch
    KERAS_BACKEND=jax python3 tools/coming-from.py Keras optax

Each run replaces the libraries that it names and keeps the others. A block ends with `scheduler` (stepped here),
`schedule` (a function of t) or `rates` (a list). `optimizer` is SGD with a learning rate of 0.1.
"""
import json
import re
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

LENGTH = 48
PACKAGES = {"PyTorch": "torch", "Keras": "keras", "optax": "optax"}
GOLDEN = Path("test/golden/coming-from.json")


def torch_optimizer():
    import torch

    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)


def stepped(scheduler, optimizer):
    rates = []
    # A cycle with an end, e.g. OneCycleLR, refuses further steps.
    for _ in range(min(LENGTH, getattr(scheduler, "total_steps", LENGTH))):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def run(library, code):
    names = {"optimizer": torch_optimizer()} if library == "PyTorch" else {}
    exec(code, names)
    if "rates" in names:
        return names["rates"]
    if "scheduler" in names:
        return stepped(names["scheduler"], names["optimizer"])
    return [float(names["schedule"](t)) for t in range(LENGTH)]


def cases(libraries):
    for page in sorted(Path("docs/.vitepress/schedules/prose").glob("*.md")):
        section = page.read_text().partition("\n## Coming from\n")[2]
        for title, body in re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", section, re.M | re.S):
            library = title.split()[0]
            if library in libraries:
                code = re.search(r"^```python\n(.*?)^```", body, re.M | re.S).group(1)
                yield f"{page.stem}: {title.replace('`', '')}", library, code


def main(libraries):
    warnings.filterwarnings("ignore")
    old = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {"versions": {}, "cases": {}}
    versions = {**old["versions"], **{name: version(PACKAGES[name]).split("a")[0] for name in libraries}}
    kept = {key: case for key, case in old["cases"].items() if case["library"] not in libraries}
    new = {key: {"library": library, "python": code, "rates": run(library, code)} for key, library, code in cases(libraries)}
    lines = [f"{json.dumps(key)}: {json.dumps(case)}" for key, case in sorted({**kept, **new}.items())]
    body = ",\n".join(lines)
    GOLDEN.write_text(f'{{\n"versions": {json.dumps(versions, sort_keys=True)},\n"cases": {{\n{body}\n}}\n}}\n')
    print(f"{len(new)} cases")


main(sys.argv[1:])
