"""Times optimizers of PyTorch and timm: a case's name and a count of threads in, the seconds of one step out.

    torch-peer.py SHAPES [CHECKOUT]

SHAPES is a JSON list of tensor shapes; without a checkout of timm its optimizers answer 0.
"""
import importlib
import json
import sys
import time
import types

import torch

shapes = json.loads(sys.argv[1])
checkout = sys.argv[2] if len(sys.argv) > 2 else None
for name in ["timm", "timm.optim"] if checkout else []:
    # The packages themselves would load every model.
    package = types.ModuleType(name)
    package.__path__ = [f"{checkout}/{name.replace('.', '/')}"]
    sys.modules[name] = package

COMMON = {"lr": 1e-3, "weight_decay": 0.01}


def timm(module, name, **options):
    return lambda params: getattr(importlib.import_module(f"timm.optim.{module}"), name)(params, **COMMON, **options)


def torch_optim(name, **options):
    return lambda params: getattr(torch.optim, name)(params, **COMMON, **options)


def lookahead(params):
    base = torch_optim("AdamW", foreach=True)(params)
    return importlib.import_module("timm.optim.lookahead").Lookahead(base)


SGD = {"momentum": 0.9, "foreach": True}
PYTORCH = {
    "sgd": torch_optim("SGD", nesterov=True, **SGD),
    "momentum": torch_optim("SGD", **SGD),
    "sgd without momentum": torch_optim("SGD", foreach=True),
    "adam": torch_optim("Adam", foreach=True),
    "adamw": torch_optim("AdamW", foreach=True),
    "adamax": torch_optim("Adamax", foreach=True),
    "nadam": torch_optim("NAdam", foreach=True),
    "radam": torch_optim("RAdam", foreach=True),
    "rmsprop": torch_optim("RMSprop", momentum=0.9, alpha=0.9, foreach=True),
    "adagrad": torch_optim("Adagrad", foreach=True),
    "adadelta": torch_optim("Adadelta", foreach=True),
}
TIMM = {
    "sgdw": timm("sgdw", "SGDW", momentum=0.9, nesterov=True),
    "nadamw": timm("nadamw", "NAdamW"),
    "rmsproptf": timm("rmsprop_tf", "RMSpropTF", momentum=0.9, alpha=0.9),
    "lamb": timm("lamb", "Lamb"),
    "lambc": timm("lamb", "Lamb", trust_clip=True),
    "lars": timm("lars", "Lars", momentum=0.9),
    "nlars": timm("lars", "Lars", momentum=0.9, nesterov=True),
    "larc": timm("lars", "Lars", momentum=0.9, trust_clip=True),
    "lion": timm("lion", "Lion"),
    "adafactor": timm("adafactor", "Adafactor"),
    "lookahead_adamw": lookahead,
    "adamp": timm("adamp", "AdamP"),
    "sgdp": timm("sgdp", "SGDP", momentum=0.9, nesterov=True),
    "adan": timm("adan", "Adan"),
    "adopt": timm("adopt", "Adopt"),
    "adabelief": timm("adabelief", "AdaBelief", rectify=False),
    "madgrad": timm("madgrad", "MADGRAD", momentum=0.9),
    "laprop": timm("laprop", "LaProp"),
    "mars": timm("mars", "Mars"),
    "novograd": timm("nvnovograd", "NvNovoGrad"),
    "cadamw": timm("adamw", "AdamWLegacy", caution=True),
    "muon": timm("muon", "Muon"),
}


def clip(params):
    return lambda: torch.nn.utils.clip_grad_norm_(params, 1.0)


def average(params):
    means = [p.detach().clone() for p in params]

    def update():
        for mean, p in zip(means, params):
            mean.lerp_(p.detach(), 2e-4)

    return update


def create(name):
    torch.manual_seed(0)
    params = [torch.nn.Parameter(torch.randn(shape) * 0.05) for shape in shapes]
    for p in params:
        p.grad = torch.randn_like(p) * 0.01
    if name in TIMM:
        return TIMM[name](params).step if checkout else None
    if name in PYTORCH:
        return PYTORCH[name](params).step
    return {"clip by norm": clip, "moving average": average}[name](params)


current, step = None, None
for line in sys.stdin:
    threads, name = line.strip().split(" ", 1)
    torch.set_num_threads(int(threads))
    if name != current:
        step = None
        current, step = name, create(name)
    seconds = 0.0
    if step is not None:
        start = time.perf_counter()
        with torch.no_grad():
            step()
        seconds = time.perf_counter() - start
    print(seconds, flush=True)
