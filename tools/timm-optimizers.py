#!/usr/bin/env python3
"""Prints what timm's optimizers keep: a file of JSON for each name, into test/golden/timm-optimizers.

    python3 tools/timm-optimizers.py FOLDER NAME...

Each file has the `state_dict()` after three updates of a tiny net, the weights then, and the weights after two more.
Weights and gradients follow from integers (see `numbers`), so that the same updates can be made elsewhere. timm is
imported from the path in the environment variable TSIMM_TIMM where it is not installed.
"""
import json
import os
import sys

sys.path.insert(0, os.environ.get("TSIMM_TIMM", ""))
import timm  # noqa: E402
import torch  # noqa: E402
from timm.optim import create_optimizer_v2  # noqa: E402

SHAPES = {"conv.weight": (2, 1, 2, 2), "bn.weight": (2,), "fc.weight": (2, 3), "fc.bias": (2,)}
# Adafactor keeps sums of rows and columns of what is larger than 16 x 16.
FACTORED = {"wide.weight": (17, 18), "conv.weight": (18, 17, 1, 1)}
LR, WEIGHT_DECAY = 0.01, 0.05


def numbers(shape, times, modulus, plus=0):
    """((times * i + plus) mod modulus - (modulus - 1) / 2) / 10 for every element i."""
    count = torch.Size(shape).numel()
    values = [((times * i + plus) % modulus - (modulus - 1) // 2) / 10 for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


class Net(torch.nn.Module):
    def __init__(self, shapes):
        super().__init__()
        for name, shape in shapes.items():
            part, leaf = name.split(".")
            if not hasattr(self, part):
                self.add_module(part, torch.nn.Module())
            weight = torch.nn.Parameter(numbers(shape, 5, 13))
            getattr(self, part).register_parameter(leaf, weight)


def step(optimizer, net, number):
    for _, weight in net.named_parameters():
        weight.grad = numbers(weight.shape, 7, 11, 3 * number)
    optimizer.step()


def plain(value):
    if torch.is_tensor(value):
        dtype = str(value.dtype).replace("torch.", "")
        return {"dtype": dtype, "shape": list(value.shape), "data": value.flatten().tolist()}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def weights(net):
    return {name: weight.detach().flatten().tolist() for name, weight in net.named_parameters()}


def case(name):
    shapes = FACTORED if "adafactor" in name else SHAPES
    net = Net(shapes)
    optimizer = create_optimizer_v2(net, opt=name, lr=LR, weight_decay=WEIGHT_DECAY)
    for number in range(3):
        step(optimizer, net, number)
    # The state is copied: two more steps change it.
    state = plain(optimizer.state_dict())
    then = weights(net)
    for number in range(3, 5):
        step(optimizer, net, number)
    return {
        "timm": timm.__version__,
        "torch": torch.__version__,
        "opt": name,
        "lr": LR,
        "weightDecay": WEIGHT_DECAY,
        "shapes": {key: list(shape) for key, shape in shapes.items()},
        "stateDict": state,
        "weights": then,
        "weightsAfterTwoMore": weights(net),
    }


folder, *names = sys.argv[1:]
for name in names:
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(case(name), file, separators=(",", ":"))
        file.write("\n")
