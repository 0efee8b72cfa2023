"""Digests of the augmentations of timm with Pillow: `python3 test/golden/augment/make.py <checkout of timm>`."""

import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL
from PIL import Image

sys.path.insert(0, sys.argv[1])
import timm  # noqa: E402
from timm.data import auto_augment  # noqa: E402

FILL = (124, 116, 104)
KERNELS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
MOVES = ["Rotate", "ShearX", "ShearY", "TranslateXRel", "TranslateYRel"]
UNUSED = ["TranslateX", "TranslateY"]  # in no policy


def levels(kind, width, height, channels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    index = (y * width + x) * channels + c
    noise = (index * 2654435761 % 2**32 >> 13) % 251
    return {
        "noise": noise,
        "dim": 40 + noise % 90,
        "waves": (5 * x + 3 * y + 40 * c) % 256,
        "flat": np.full_like(index, 77),
    }[kind].astype(np.uint8)


def image_of(kind, width, height, channels):
    data = levels(kind, width, height, channels)
    return Image.fromarray(data if channels == 3 else data[:, :, 0])


def digest(image):
    return hashlib.sha256(np.asarray(image).tobytes()).hexdigest()[:12]


def stub(u):
    """Random numbers of one value: signs are positive for u < 0.5."""
    return SimpleNamespace(random=lambda: u, uniform=lambda a, b: a + (b - a) * u, choice=lambda of: of)


def argument_of(name, magnitude, u):
    auto_augment.random = stub(u)
    level = auto_augment.LEVEL_TO_ARG[name]
    hparams = {"translate_pct": 0.45}
    return level(magnitude, hparams) if level else ()


PLAIN = [("noise", 33, 20, 3), ("dim", 64, 48, 3), ("waves", 31, 33, 1), ("flat", 5, 4, 3), ("dim", 300, 2, 1)]
TINY = [("noise", 1, 1, 3), ("noise", 2, 7, 1), ("noise", 3, 3, 3), ("noise", 9, 1, 3)]

cases = []
for name in auto_augment.NAME_TO_OP:
    if name in UNUSED:
        continue
    takes_level = auto_augment.LEVEL_TO_ARG[name] is not None
    magnitudes = [0, 0.3, 2.5, 5.7, 9, 10, 17, 30, 60] if takes_level else [0]
    for magnitude in magnitudes:
        for u in [0.25, 0.75]:
            argument = argument_of(name, magnitude, u)
            if u == 0.75 and name != "GaussianBlurRand" and argument == argument_of(name, magnitude, 0.25):
                continue
            auto_augment.random = stub(u)
            number = float(argument[0]) if argument else 0
            if name == "GaussianBlurRand":  # it draws its radius itself
                number = stub(u).uniform(0.1, 2 * number)
            case = {"op": name, "magnitude": magnitude, "u": u, "argument": number}
            images = PLAIN + (TINY if magnitude in [0, 2.5, 9] else [])
            if name in MOVES and magnitude == 30:
                images = images + [("noise", 16, 16, 3)]
            for kind, width, height, channels in images:
                image = image_of(kind, width, height, channels)
                fill = FILL if channels == 3 else FILL[0]
                for kernel, resample in KERNELS.items():
                    result = auto_augment.NAME_TO_OP[name](image, *argument, fillcolor=fill, resample=resample)
                    found = case.setdefault("images", {}).setdefault(f"{kind} {width}x{height}x{channels}", [])
                    if digest(result) not in found:
                        found.append(digest(result))
            cases.append(case)

folder = Path(__file__).parent
header = {"timm": timm.__version__, "pillow": PIL.__version__, "fill": FILL}
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
(folder / "operations.json").write_text(json.dumps(header)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
