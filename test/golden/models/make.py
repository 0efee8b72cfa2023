"""Writes the golden files of all families, or of the models named on the command line."""

import importlib
import pathlib
import sys

import golden

FAMILIES = sorted(
    path.stem for path in golden.FOLDER.glob("*.py") if path.stem not in ("golden", "make")
)

if __name__ == "__main__":
    for family in map(importlib.import_module, FAMILIES):
        for name, (create, shapes) in family.MODELS.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            model = golden.write(name, create, shapes, getattr(family, "SALT", golden.SALT))
            if hasattr(family, "check"):
                family.check(name, model)
            print(name, (pathlib.Path(golden.FOLDER) / f"{name}.json").stat().st_size)
