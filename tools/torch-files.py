"""Writes small files of PyTorch to test/golden/torch-files: run in the root of the repository.

    python3 tools/torch-files.py

Both formats of torch.save, all types of tensors and of other values, and what is refused. Files of the old format hold
addresses: they differ each time.
"""
import argparse
import collections
import zipfile
from pathlib import Path

import torch

FOLDER = Path("test/golden/torch-files")

VALUES = {
    "none": None,
    "booleans": [True, False],
    "integers": [0, -1, 255, 256, 65536, -(2**31), 2**31, 2**53 - 1, 2**53, -(2**70)],
    "floats": [0.1, 1.0, float("inf"), -0.0],
    "text": ["", "é", "😀\n"],
    "bytes": [b"", bytes([0, 128, 255])],
    "bytearray": bytearray(b"ab"),
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    "set": {7},
    "dict": {1: "one", 2.5: "float", None: "none", "__proto__": "text"},
    "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
    "counter": collections.Counter("abca"),
    "args": argparse.Namespace(model="resnet18", lr=0.1, decay_milestones=[30, 60], mean=None),
    "size": torch.Size([2, 3]),
    "dtype": torch.bfloat16,
    "devices": [torch.device("cpu"), torch.device("cuda", 1)],
    "many": list(range(3000)),
}

counts = torch.arange(24, dtype=torch.float32)
storage = torch.arange(12, dtype=torch.float32)
TENSORS = {
    "types": {
        str(dtype): torch.tensor([0, 1, 100], dtype=dtype)
        for dtype in [
            *[torch.float64, torch.float32, torch.float16, torch.bfloat16],
            *[torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool],
        ]
    },
    "scalar": torch.tensor(7),
    "empty": torch.zeros(0, 3),
    "transposed": counts[:6].reshape(2, 3).t(),
    "long transposed": torch.arange(6).reshape(2, 3).t(),
    "channels last": counts.reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
    "every third": counts[1::3],
    "expanded": torch.tensor([5.0]).expand(2, 2),
    "shared": [storage[:4], storage[4:], storage.reshape(3, 4)],
    "parameter": torch.nn.Parameter(torch.tensor([1.5]), requires_grad=False),
    "gradient": torch.tensor([2.5], requires_grad=True),
}


def save(name, value, **options):
    torch.save(value, FOLDER / name, **options)


FOLDER.mkdir(exist_ok=True)
for name, value in [("values", VALUES), ("tensors", TENSORS)]:
    save(f"{name}.pth", value)
    save(f"{name}-protocol-4.pth", value, pickle_protocol=4)
    save(f"{name}-legacy.pth", value, _use_new_zipfile_serialization=False)
save("state-dict.pth", torch.nn.BatchNorm1d(2).state_dict())
save("module.pth", torch.nn.Linear(1, 1))
save("complex.pth", {"a": torch.tensor([1j])})
save("sparse.pth", torch.eye(2).to_sparse())
save("storage.pth", {"a": torch.tensor([1.0]).storage()})
torch.jit.save(torch.jit.script(torch.nn.Identity()), FOLDER / "script.pt")

save(
    "timm.pth.tar",
    {
        "epoch": 1,
        "arch": "resnet18",
        "state_dict": {"w": torch.tensor([1.0])},
        "version": 2,
        "args": argparse.Namespace(model="resnet18", num_classes=3, img_size=None, input_size=None, in_chans=None),
        "metric": 50.0,
    },
)

# The numbers of 64 bits that archives beyond 4 GiB have.
zipfile.ZIP64_LIMIT = 1
with zipfile.ZipFile(FOLDER / "state-dict.pth") as source, zipfile.ZipFile(FOLDER / "zip64.pth", "w") as target:
    for entry in source.infolist():
        target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry))
