"""What timm says of each model, as lines of text, whose hashes the tests compare. README.md says how to run it."""

import json
import math
import pathlib
import sys

import timm
import torch
from timm.layers import DropPath
from timm.optim._param_groups import param_groups_layer_decay

FOLDER = pathlib.Path(__file__).parent
WITHOUT_DROP_PATH = ("densenet", "vgg")
MODELS = (FOLDER / "models.txt").read_text().split()


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def state_lines(model):
    """Name and shape of each tensor, in state-dict order."""
    return [f"{name} {'x'.join(map(str, t.shape))}" for name, t in model.state_dict().items()]


def layer_lines(model):
    """Layer of each parameter counted from the last one, and whether it has weight decay."""
    listed = model.no_weight_decay() if hasattr(model, "no_weight_decay") else ()
    groups = param_groups_layer_decay(model, 0.05, listed, layer_decay=0.5)
    of = {id(p): g for g in groups for p in g["params"]}
    names = [(name, of[id(p)]) for name, p in model.named_parameters()]
    return [f"{n} {round(-math.log2(g['lr_scale']))} {int(g['weight_decay'] > 0)}" for n, g in names]


def drop_lines(model):
    """Drop-path rates above 0 of the blocks with a shortcut, in millionths."""
    lines = []
    for name, module in model.named_modules():
        parent = model.get_submodule(name.rpartition(".")[0])
        if isinstance(module, DropPath) and module.drop_prob > 0 and getattr(parent, "has_skip", True):
            lines.append(f"{name} {round(module.drop_prob * 1e6)}")
    return lines


def feature_lines(name):
    """Feature maps from the finest: module, channels, reduction."""
    info = timm.create_model(name, features_only=True).feature_info
    return [f"{i['module']} {i['num_chs']} {i['reduction']}" for i in info.get_dicts()]


def configuration(name):
    cfg = timm.get_pretrained_cfg(name).to_dict()
    crop = [cfg["interpolation"], cfg["crop_pct"], cfg.get("crop_mode", "center")]
    return [*cfg["input_size"], *crop, *cfg["mean"], *cfg["std"]]


def facts(name):
    options = {} if name.startswith(WITHOUT_DROP_PATH) else {"drop_path_rate": 0.2}
    model = timm.create_model(name, **options)
    lines = {
        "state": state_lines(model),
        "layers": layer_lines(model),
        "drop": drop_lines(model),
        "features": feature_lines(name),
    }
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "lines": lines,
        "configuration": configuration(name),
    }


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            found = facts(name)
            print(name, found["parameters"], found["configuration"])
            for kind, lines in found["lines"].items():
                print(*(f"{kind} {line}" for line in lines), sep="\n")
        sys.exit()
    table = {}
    for name in MODELS:
        found = facts(name)
        hashes = {kind: fnv1a("\n".join(lines)) for kind, lines in found["lines"].items() if kind != "features"}
        table[name] = {
            "parameters": found["parameters"],
            **hashes,
            "features": found["lines"]["features"],
            "configuration": found["configuration"],
        }
        print(name, flush=True)
    text = json.dumps(table, separators=(",", ":")).replace("},", "},\n")
    (FOLDER / "facts.json").write_text(text + "\n")
