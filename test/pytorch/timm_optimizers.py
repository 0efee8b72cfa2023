"""Loads states of optimizers that tsimm wrote into timm's, makes two more updates and prints the weights as JSON.

    python3 timm_optimizers.py FILE

timm is imported from the path in the environment variable TSIMM_TIMM.
"""
import json
import os
import sys
from functools import partial

sys.path.insert(0, os.environ["TSIMM_TIMM"])
import torch  # noqa: E402
from timm.optim import create_optimizer_v2, muon  # noqa: E402

# In place of bfloat16, in which Muon's iterations are known to three digits.
muon.zeropower_via_newtonschulz = partial(muon.zeropower_via_newtonschulz, dtype=torch.float32)

# Before 2.0 the restricted reader knows no floats.
restricted = int(torch.__version__.split(".")[0]) >= 2


def numbers(shape, times, modulus, plus=0):
    count = torch.Size(shape).numel()
    values = [((times * i + plus) % modulus - (modulus - 1) // 2) / 10 for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


class Net(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        for name, weight in weights.items():
            part, leaf = name.split(".")
            if not hasattr(self, part):
                self.add_module(part, torch.nn.Module())
            getattr(self, part).register_parameter(leaf, torch.nn.Parameter(weight.clone()))


def go_on(case):
    net = Net(case["weights"])
    optimizer = create_optimizer_v2(net, opt=case["opt"], lr=case["lr"], weight_decay=case["weight_decay"])
    optimizer.load_state_dict(case["optimizer"])
    for number in range(case["steps"], case["steps"] + 2):
        for _, weight in net.named_parameters():
            weight.grad = numbers(weight.shape, 7, 11, 3 * number)
        optimizer.step()
    return {name: weight.detach().flatten().tolist() for name, weight in net.named_parameters()}


cases = torch.load(sys.argv[1], **({"weights_only": True} if restricted else {}))
print(json.dumps({case["opt"]: go_on(case) for case in cases}))
