"""Writes the names of timm's optimizers and models to test/golden/timm-names.json: run in the root of the repository.

    PYTHONPATH=/path/to/pytorch-image-models python3 tools/timm-names.py
"""
import json
from pathlib import Path

import timm
from timm.data import auto_augment, readers
from timm.optim import list_optimizers

modules = {module: sorted(timm.list_models(module=module)) for module in timm.list_modules()}
names = {
    "timm": timm.__version__,
    "optimizers": list_optimizers(),
    "operations": list(auto_augment.NAME_TO_OP),
    "readers": sorted(path.stem for path in Path(readers.__file__).parent.glob("reader_*.py")),
    "models": {module: models for module, models in modules.items() if models},
}
lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in names.items() if key != "models")
models = ",\n".join(f"{json.dumps(module)}: {json.dumps(models)}" for module, models in names["models"].items())
Path("test/golden/timm-names.json").write_text(f'{{\n{lines},\n"models": {{\n{models}\n}}\n}}\n')
