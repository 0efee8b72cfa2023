"""What PyTorch makes of one training step of timm's test_resnet with a part of it frozen.

A module that is frozen has no gradient, and its batch normalizations are in evaluation mode: `requires_grad_(False)` and
`eval()`. Run with PyTorch >= 1.13 and timm: python3 test/golden/frozen/make.py
"""

import json
import pathlib
import re
import sys

import torch
from timm import create_model
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "models"))
from golden import bits, fill, fingerprint, integers, rounded  # noqa: E402

SALT = 20310
SHAPE = (4, 3, 32, 32)
CASES = {
    "the stem and two stages": ["conv1", "bn1", "layer1", "layer2"],
    "the backbone": ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4"],
    "a stage in the middle": ["layer2"],
    "every batch normalization": None,
}


def frozen_modules(model, names):
    if names is None:
        return [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    return [model.get_submodule(name) for name in names]


def case(names):
    model = create_model("test_resnet", num_classes=10).double()
    fill(SALT, model)
    state = model.state_dict()
    for name, tensor in state.items():
        # The last normalization of a residual block, as in ../train/README.md.
        third = name.replace("bn2", "bn3")
        if re.fullmatch(r"layer\d+\.\d+\.bn[23]\.weight", name) and (third == name or third not in state):
            tensor.sub_(0.5)
    model.train()
    for module in frozen_modules(model, names):
        module.requires_grad_(False)
        module.eval()
    images = torch.from_numpy(integers(SALT, "input", 4 * 3 * 32 * 32).reshape(SHAPE) * 2.0**-15)
    labels = torch.from_numpy(bits(SALT, "target", 4).astype("int64") % 10)
    logits = model(images)
    loss = functional.cross_entropy(logits, labels)
    loss.backward()
    norms = {n: m for n, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
    return {
        "target": labels.tolist(),
        "loss": rounded(loss.item()),
        "logits": [[rounded(x) for x in row] for row in logits.tolist()],
        "grads": {n: fingerprint(p.grad) for n, p in model.named_parameters() if p.grad is not None},
        "running": {
            n: [fingerprint(m.running_mean, 3), fingerprint(m.running_var, 3)]
            for n, m in norms.items()
            if m.training
        },
    }


torch.set_num_threads(1)
golden = {"salt": SALT, "shape": SHAPE, "cases": {what: case(names) for what, names in CASES.items()}}
text = json.dumps(golden, separators=(",", ":"))
(FOLDER / "test_resnet.json").write_text(text.replace('},"', '},\n"').replace('],"', '],\n"') + "\n")
