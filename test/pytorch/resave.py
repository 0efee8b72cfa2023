"""Loads files of tsimm and saves them again: resave.py FOLDER, which has values.pth and tensors.pth."""
import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
# Tensors, integers and text alone: floats are not on the list of PyTorch 1.13.
torch.save(torch.load(folder / "tensors.pth", weights_only=True), folder / "tensors-again.pth")
only = {"weights_only": True} if int(torch.__version__.split(".")[0]) >= 2 else {}
values = torch.load(folder / "values.pth", **only)
torch.save(values, folder / "zip.pth")
torch.save(values, folder / "zip-4.pth", pickle_protocol=4)
torch.save(values, folder / "legacy.pth", _use_new_zipfile_serialization=False)
