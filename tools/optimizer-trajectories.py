"""Writes how timm's optimizers move free tensors: run in the root of the repository, with timm on the path.

    PYTHONPATH=/path/to/pytorch-image-models python3 tools/optimizer-trajectories.py [FAMILY ...]

One file per family goes to test/golden/optimizers; its README says what stands in it. An optimizer is added as a
configuration below.
"""
import json
import math
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import timm
import torch
from timm.optim import create_optimizer_v2

FOLDER = Path("test/golden/optimizers")
SALT = 20261
SHAPES = {"a": [20, 24], "b": [18, 20, 3, 3], "c": [7], "d": [5, 40]}
# Of a family in place of SHAPES.
SHAPES_OF = {
    "muon": {
        "wide": [20, 24],
        "tall": [40, 6],
        "conv": [18, 20, 3, 3],
        "patch": [50, 4, 2, 2],
        "depthwise": [6, 1, 3, 3],
        "thin": [3, 8],
        "token": [1, 5, 8],
        "long": [4, 516],
        "bias": [7],
    },
}
STEPS = 14
SHOWN = (1, 2, 7, 14)
# Factor on the learning rate in each update: warm-up, then a decay.
RATES = [0.4, 0.7, 1, 1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
# Of groups of tensors with at least two dimensions.
DECAY = 0.05

# By family, name of a configuration: arguments of create_optimizer_v2; "rates" in place of RATES.
CONFIGS = {
    "adabelief": {
        "adabelief": dict(opt="adabelief", lr=0.01),
        "adabelief_options": dict(opt="adabelief", lr=0.01, betas=[0.8, 0.95], eps=1e-4, decoupled_decay=False),
        "adabelief_fixed": dict(opt="adabelief", lr=0.01, fixed_decay=True),
        "adabelief_amsgrad": dict(opt="adabelief", lr=0.01, amsgrad=True, betas=[0.9, 0.5]),
        "radabelief": dict(opt="radabelief", lr=0.01),
        "radabelief_waits": dict(opt="radabelief", lr=0.01, degenerated_to_sgd=False),
        "radabelief_amsgrad": dict(opt="radabelief", lr=0.01, amsgrad=True, decoupled_decay=False),
    },
    "adamp": {
        "adamp": dict(opt="adamp", lr=0.01),
        "adamp_channels": dict(opt="adamp", lr=0.01, delta=5.0, wd_ratio=0.3),
        "adamp_layers": dict(opt="adamp", lr=0.01, delta=1.6, wd_ratio=0.3, betas=[0.8, 0.95]),
        "adamp_plain": dict(opt="adamp", lr=0.01, delta=5.0, nesterov=False, eps=1e-4),
        "sgdp": dict(opt="sgdp", lr=0.05),
        "sgdp_channels": dict(opt="sgdp", lr=0.05, delta=5.0, momentum=0.8),
        "sgdp_layers": dict(opt="sgdp", lr=0.05, delta=1.6, wd_ratio=0.3, dampening=0.2),
        "sgdp_plain": dict(opt="sgdp", lr=0.05, nesterov=False),
        "cadamp": dict(opt="cadamp", lr=0.01),
        "cadamp_channels": dict(opt="cadamp", lr=0.01, delta=5.0),
        "cadamp_layers": dict(opt="cadamp", lr=0.01, delta=1.6),
        "csgdp": dict(opt="csgdp", lr=0.05),
        "csgdp_channels": dict(opt="csgdp", lr=0.05, delta=5.0),
        "csgdp_layers": dict(opt="csgdp", lr=0.05, delta=1.6, nesterov=False),
    },
    "adan": {
        "adan": dict(opt="adan", lr=0.01),
        "adan_betas": dict(opt="adan", lr=0.01, betas=[0.9, 0.8, 0.7], eps=1e-4),
        "adanw": dict(opt="adanw", lr=0.01),
        "cadan": dict(opt="cadan", lr=0.01),
        "cadanw": dict(opt="cadanw", lr=0.01, betas=[0.9, 0.8, 0.7]),
    },
    "adopt": {
        "adopt": dict(opt="adopt", lr=0.01),
        "adopt_unclipped": dict(opt="adopt", lr=0.01, clip_exp=None, eps=1e-3),
        "adoptw": dict(opt="adoptw", lr=0.01, clip_exp=0.1),
        "adoptw_corrected": dict(opt="adoptw", lr=0.01, corrected_weight_decay=True),
        "cadopt": dict(opt="cadopt", lr=0.01),
        "cadoptw": dict(opt="cadoptw", lr=0.01),
    },
    "caution": {
        "adamwlegacy": dict(opt="adamwlegacy", lr=0.01),
        "cadamw": dict(opt="cadamw", lr=0.01),
        "cadamw_betas": dict(opt="cadamw", lr=0.01, betas=[0.5, 0.9], eps=1e-3),
        "cadafactor": dict(opt="cadafactor", lr=0.01),
        "cadafactor_relative": dict(opt="cadafactor", lr=None),
        "clamb": dict(opt="clamb", lr=0.02),
        "clamb_unlimited": dict(opt="clamb", lr=0.02, max_grad_norm=None, always_adapt=True, trust_clip=True),
        "clambw": dict(opt="clambw", lr=0.02),
        "lambcw": dict(opt="lambcw", lr=0.02),
        "clion": dict(opt="clion", lr=0.003),
        "clion_betas": dict(opt="clion", lr=0.003, betas=[0.95, 0.9]),
        "lion_off": dict(opt="clion", lr=0.003, caution=False),
        "cnadamw": dict(opt="cnadamw", lr=0.01),
        "nadamw_on": dict(opt="nadamw", lr=0.01, betas=[0.5, 0.9], caution=True),
        "crmsproptf": dict(opt="crmsproptf", lr=0.01),
        "crmsproptf_decoupled": dict(opt="crmsproptf", lr=0.01, decoupled_decay=True, momentum=0.5),
        "crmsproptf_plain": dict(opt="crmsproptf", lr=0.01, momentum=0.0),
        "csgdw": dict(opt="csgdw", lr=0.05),
        "csgdw_momentum": dict(opt="csgdw", lr=0.05, nesterov=False, momentum=0.95),
        "csgdw_plain": dict(opt="csgdw", lr=0.05, nesterov=False, momentum=0.0),
    },
    "corrected": {
        "adamc": dict(opt="adamc", lr=0.01),
        "cadamc": dict(opt="cadamc", lr=0.01),
        "nadamc": dict(opt="nadamc", lr=0.01),
        "cnadamc": dict(opt="cnadamc", lr=0.01),
        "sgdc": dict(opt="sgdc", lr=0.05),
        "csgdc": dict(opt="csgdc", lr=0.05),
        "lionc": dict(opt="lionc", lr=0.003),
        "clionc": dict(opt="clionc", lr=0.003),
        "lambcd": dict(opt="lambcd", lr=0.02),
        "rmsproptfc": dict(opt="rmsproptfc", lr=0.01),
        "adoptc": dict(opt="adoptc", lr=0.01),
        "cadoptc": dict(opt="cadoptc", lr=0.01),
        "lapropc": dict(opt="lapropc", lr=0.01),
    },
    "laprop": {
        "laprop": dict(opt="laprop", lr=0.01),
        "laprop_betas": dict(opt="laprop", lr=0.01, betas=[0.8, 0.95], eps=1e-4),
        "laprop_halts": dict(opt="laprop", lr=0.01, rates=[0, 0, 1, 1, 1, 0.5, 0, 0, 1, 1, 0.5, 0.1, 0.01, 0]),
        "laprop_corrected": dict(opt="laprop", lr=0.01, corrected_weight_decay=True),
        "claprop": dict(opt="claprop", lr=0.01),
    },
    "madgrad": {
        "madgrad": dict(opt="madgrad", lr=0.01),
        "madgrad_options": dict(opt="madgrad", lr=0.01, momentum=0.5, eps=1e-3),
        "madgrad_without_momentum": dict(opt="madgrad", lr=0.01, momentum=0.0),
        "madgradw": dict(opt="madgradw", lr=0.01),
        "madgradw_without_momentum": dict(opt="madgradw", lr=0.01, momentum=0.0),
    },
    "mars": {
        "mars": dict(opt="mars", lr=0.01),
        "mars_options": dict(opt="mars", lr=0.01, betas=[0.8, 0.9], betas_1d=[0.7, 0.95], gamma=0.3, eps=1e-4),
        "mars_all": dict(opt="mars", lr=0.01, optimize_1d=True, gamma=0.1),
        "mars_lion": dict(opt="mars", lr=0.003, mars_type="lion", lr_1d_factor=0.5),
        "cmars": dict(opt="cmars", lr=0.01, gamma=0.5),
        "cmars_lion": dict(opt="cmars", lr=0.003, mars_type="lion"),
    },
    "muon": {
        "muon": dict(opt="muon", lr=0.02),
        "nmuon": dict(opt="nmuon", lr=0.02, momentum=0.95, betas=[0.8, 0.9]),
        "muon_original": dict(opt="muon", lr=0.02, adjust_lr_fn="original", ns_coefficients="original", ns_steps=4),
        "muon_rms": dict(opt="muon", lr=0.02, adjust_lr_fn="rms_to_rms", ns_coefficients="polar_express", ns_steps=7),
        "muon_unadjusted": dict(opt="muon", lr=0.02, adjust_lr_fn=None, ns_coefficients=[2.0, -1.5, 0.5], ns_steps=3),
        "muon_list": dict(opt="muon", lr=0.02, ns_coefficients=[[3.0, -3.2, 1.2], [2.0, -1.5, 0.5]], ns_steps=3),
        "muon_batched": dict(opt="muon", lr=0.02, conv_mode="batched"),
        "muon_unnormalized": dict(opt="muon", lr=0.02, conv_mode="batched", normalize_spatial=False, safety_factor=1.01),
        "muon_scaled_eps": dict(opt="muon", lr=0.02, scale_eps=True, eps=0.5, ns_coefficients="polar_express_safer"),
        "muon_fallback": dict(opt="muon", lr=0.02, fallback_lr_scale=0.3, nesterov=True, eps=1e-3),
        "adamuon": dict(opt="adamuon", lr=0.02),
        "nadamuon": dict(opt="nadamuon", lr=0.02, betas=[0.8, 0.9], eps=1e-3),
        "adamuon_rms": dict(opt="adamuon", lr=0.02, adjust_lr_fn="rms_to_rms"),
        "adamuon_columns": dict(opt="adamuon", lr=0.02, adjust_lr_fn="rsqrt_in", conv_mode="batched"),
        "adamuon_unadjusted": dict(opt="adamuon", lr=0.002, adjust_lr_fn=None, conv_mode="batched"),
    },
    "novograd": {
        "novograd": dict(opt="novograd", lr=0.01),
        "novograd_betas": dict(opt="novograd", lr=0.01, betas=[0.9, 0.7], eps=1e-3),
        "novograd_averaged": dict(opt="novograd", lr=0.05, grad_averaging=True, amsgrad=True, betas=[0.9, 0.5]),
    },
    "radamw": {
        "radamw": dict(opt="radamw", lr=0.01),
        "radamw_betas": dict(opt="radamw", lr=0.01, betas=[0.8, 0.95], eps=1e-4),
    },
    "sgdw": {
        "nesterovw": dict(opt="nesterovw", lr=0.05),
        "nesterovw_momentum": dict(opt="nesterovw", lr=0.05, momentum=0.8),
    },
}


def mix(x):
    x = np.atleast_1d(np.asarray(x, dtype=np.uint32))
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def numbers(name, count, bits):
    """Elements of a tensor by its name, see test/golden/train/README.md."""
    hashed = 0x811C9DC5
    for byte in name.encode():
        hashed = (hashed ^ byte) * 0x01000193 & 0xFFFFFFFF
    key = mix(np.uint32(hashed) ^ mix(SALT))
    drawn = mix(key + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9))
    return (2.0 * (drawn >> np.uint32(16)) - 65535) * 2.0**-bits


def tensor(name, shape, bits, dtype):
    return torch.tensor(numbers(name, math.prod(shape), bits), dtype=dtype).reshape(shape)


class Decoupled(torch.optim.RAdam):
    """RAdam with decoupled weight decay where PyTorch, before 2.1, has it without."""

    def __init__(self, params, decoupled_weight_decay, **args):
        assert decoupled_weight_decay
        super().__init__(params, **args)
        for group in self.param_groups:
            group["decay"], group["weight_decay"] = group["weight_decay"], 0

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for param in group["params"]:
                param.mul_(1 - group["lr"] * group["decay"])
        super().step()


@contextmanager
def exact_iterations():
    """Lets Muon iterate in float64 in place of bfloat16."""
    from timm.optim import muon

    own = muon.zeropower_via_newtonschulz
    muon.zeropower_via_newtonschulz = partial(own, dtype=torch.float64)
    try:
        yield
    finally:
        muon.zeropower_via_newtonschulz = own


def create(groups, args):
    from timm.optim import _optim_factory as factory

    old = tuple(map(int, torch.__version__.split(".")[:2])) < (2, 1)
    if args["opt"] == "radamw" and old:
        options = {key: value for key, value in args.items() if key not in ("opt", "weight_decay")}
        return Decoupled(groups, decoupled_weight_decay=True, **options)
    assert args["opt"] in factory.default_registry.list_optimizers()
    return create_optimizer_v2(groups, **args)


def run(args, shapes, rates, dtype, **more):
    """Changes since the start after each update, and the optimizer."""
    params = {name: torch.nn.Parameter(tensor(name, shape, 17, dtype)) for name, shape in shapes.items()}
    start = {name: param.detach().clone() for name, param in params.items()}
    groups = [
        {"params": [param for param in params.values() if param.ndim <= 1], "weight_decay": 0.0},
        {"params": [param for param in params.values() if param.ndim > 1], "weight_decay": DECAY},
    ]
    optimizer = create(groups, {**args, "weight_decay": DECAY, **more})
    own = [group["lr"] for group in optimizer.param_groups]
    changes = []
    for step in range(1, STEPS + 1):
        for group, lr in zip(optimizer.param_groups, own):
            group["lr"] = lr if args.get("lr") is None else args["lr"] * rates[step - 1]
        for name, param in params.items():
            param.grad = tensor(f"{name}.g{step}", shapes[name], 19, dtype)
        optimizer.step()
        changes.append({name: (param.detach() - start[name]).double() for name, param in params.items()})
    return changes, optimizer


def rounded(value, digits=8):
    return float(f"{value:.{digits}g}")


def distance(changes, others):
    """Largest distance of a tensor's change to another, relative to its norm."""
    return max(
        float((other[name] - change[name]).norm() / change[name].norm().clamp(min=1e-12))
        for change, other in zip(changes, others)
        for name in change
    )


def kind(value):
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
    return type(value).__name__


def layout(optimizer):
    """What stands in a checkpoint: of the first tensor with two dimensions, and in its group."""
    saved = optimizer.state_dict()
    group = saved["param_groups"][1]
    state = saved["state"].get(group["params"][0], {})
    return {
        "state": {name: kind(value) for name, value in state.items()},
        "group": {
            name: kind(value) if isinstance(value, torch.Tensor) else value
            for name, value in group.items()
            if name != "params"
        },
    }


def trajectory(args, shapes):
    args = dict(args)
    rates = args.pop("rates", RATES)
    torch.set_default_dtype(torch.float64)
    with exact_iterations():
        changes, optimizer = run(args, shapes, rates, torch.float64)
    if "foreach" in optimizer.defaults and type(optimizer).__module__.startswith("timm."):
        for foreach in (False, True):
            try:
                other, _ = run(args, shapes, rates, torch.float64, foreach=foreach)
            except (AttributeError, RuntimeError, TypeError) as error:
                print(f"  {args['opt']} with foreach={foreach}: not in this PyTorch: {error}"[:150])
                continue
            assert distance(changes, other) < 1e-9, (args, foreach)
    torch.set_default_dtype(torch.float32)
    single, optimizer = run(args, shapes, rates, torch.float32)
    delta = {
        str(step): {
            name: [rounded(change.norm())] + [rounded(value) for value in change.flatten()[:3].tolist()]
            for name, change in changes[step - 1].items()
        }
        for step in SHOWN
    }
    return {
        "args": {**args, "weight_decay": DECAY},
        **({} if rates is RATES else {"rates": rates}),
        "f32_dev": rounded(distance([changes[step - 1] for step in SHOWN], [single[step - 1] for step in SHOWN]), 2),
        "layout": layout(optimizer),
        "delta": delta,
    }


def text(value, depth):
    """JSON with a line for each entry down to a depth."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value)
    inner = ",\n".join(f"{json.dumps(key)}: {text(entry, depth - 1)}" for key, entry in value.items())
    return f"{{\n{inner}\n}}"


def main():
    torch.set_num_threads(1)
    families = sys.argv[1:] or list(CONFIGS)
    for family in families:
        shapes = SHAPES_OF.get(family, SHAPES)
        configs = {name: trajectory(args, shapes) for name, args in CONFIGS[family].items()}
        for name, config in configs.items():
            print(f"{name}: float32 {config['f32_dev']}")
        golden = {"salt": SALT, "shapes": shapes, "steps": STEPS, "rates": RATES, "configs": configs}
        golden["made_with"] = {"timm": timm.__version__, "torch": torch.__version__}
        (FOLDER / f"{family}.json").write_text(text(golden, 4) + "\n")


main()
