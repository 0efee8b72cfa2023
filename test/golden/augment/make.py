"""Digests of the augmentations of timm with Pillow: `python3 test/golden/augment/make.py <checkout of timm>`."""

import base64
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
import torch  # noqa: E402
from timm.data import auto_augment, random_erasing, transforms  # noqa: E402
from timm.data.transforms_factory import transforms_imagenet_train  # noqa: E402
from torchvision.transforms import functional  # noqa: E402

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


def write(name, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (folder / name).write_text(json.dumps(header)[:-1] + ', "cases": [\n' + lines + "\n]}\n")


write("operations.json", cases)


class Script:
    """Random numbers from a list, used in whatever way."""

    def __init__(self, numbers):
        self.numbers = list(numbers)

    def random(self):
        return self.numbers.pop(0)

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def randint(self, a, b):
        return a + int(self.random() * (b - a + 1))

    def choice(self, of):
        return of[int(self.random() * len(of))]


def script(key, length):
    return [((key * 7919 + i * 104729 + 13) * 2654435761 % 2**32) / 2**32 for i in range(length)]


crops = []
SIZES = [("noise", 33, 20, 3), ("waves", 31, 33, 1), ("noise", 9, 40, 3), ("dim", 64, 48, 3), ("noise", 3, 3, 3)]
for mode in ["rrc", "rkrc", "rkrr"]:
    for key, (kind, width, height, channels) in enumerate(SIZES * 6):
        target = [(16, 16), (12, 20), (24, 10)][key % 3]
        ranges = [{}, {"scale": (0.08, 1.0), "ratio": (0.75, 1.3333333333333333)}][key % 2]
        train = transforms_imagenet_train(target, train_crop_mode=mode, hflip=0, color_jitter=None, **ranges)
        transforms.random = source = Script(script(key, 30))
        image = image_of(kind, width, height, channels)
        for step in train.transforms[:-2]:
            image = step(image)
        used = 30 - len(source.numbers)
        case = {"mode": mode, "image": f"{kind} {width}x{height}x{channels}", "target": target, "key": key}
        crops.append({**case, **ranges, "used": used, "digest": digest(image)})
write("crops.json", crops)

mixtures = []
OPERATIONS = [("Rotate", 12.5), ("SolarizeIncreasing", 100), ("SharpnessIncreasing", 1.7), ("Equalize", 0)]
for blended in [False, True]:
    for key in range(6):
        image = image_of("dim", 24, 24, 3)
        weights = np.float32(script(key, 3))
        weights /= weights.sum()
        share = np.float32([0.0, 0.3, 0.62, 0.9, 0.999, 1.0][key])
        chosen = [OPERATIONS[(key + i) % 4] for i in range(6)]
        queue = list(chosen)

        def apply(image, name=None):
            name, argument = queue.pop(0)
            arguments = [] if name == "Equalize" else [argument]
            return auto_augment.NAME_TO_OP[name](image, *arguments, fillcolor=FILL, resample=Image.BILINEAR)

        mix = auto_augment.AugMixAugment([apply] * 3, width=3, depth=2, blended=blended)
        result = (mix._apply_blended if blended else mix._apply_basic)(image, weights, share)
        case = {"blended": blended, "image": "dim 24x24x3", "share": float(share)}
        mixtures.append({**case, "weights": [float(w) for w in weights], "chains": chosen, "digest": digest(result)})
write("mixtures.json", mixtures)

blurs = []
for kind, width, height, channels in [("noise", 33, 20, 3), ("waves", 31, 33, 1)]:
    for sigma in [0.1, 0.45, 1.3, 2.0]:
        result = functional.gaussian_blur(image_of(kind, width, height, channels), [23, 23], [sigma, sigma])
        encoded = base64.b64encode(np.asarray(result).tobytes()).decode()
        blurs.append({"image": f"{kind} {width}x{height}x{channels}", "sigma": sigma, "pixels": encoded})
write("blurs.json", blurs)

boxes = []
for key in range(40):
    height, width = [(32, 32), (224, 160), (8, 12), (3, 50)][key % 4]
    count = [1, 1, 3][key % 3]
    random_erasing.random = source = Script(script(key, 80))
    eraser = random_erasing.RandomErasing(0.9, mode="const", max_count=count, device="cpu")
    image = torch.ones(1, height, width)
    found = []
    image_set = torch.Tensor.__setitem__
    torch.Tensor.__setitem__ = lambda self, at, value: found.append(
        [at[1].start, at[2].start, at[1].stop - at[1].start, at[2].stop - at[2].start]
    )
    try:
        eraser(image)
    finally:
        torch.Tensor.__setitem__ = image_set
    boxes.append({"key": key, "size": [height, width], "count": count, "boxes": found, "used": 80 - len(source.numbers)})
write("boxes.json", boxes)

POLICIES = [
    *["rand", "rand-m9-mstd0.5-inc1", "rand-m6-n5-inc1-mstd0.5", "rand-m9-n3-mstd0.5", "rand-n4-m20-mmax30-p0.25"],
    *["rand-mstd1-tweights", "rand-m7-t3a", "rand-m7-n3-t3aw", "rand-mstd101-m5-inc0", "rand-m0-n0", "rand-m15-mstd100"],
    *["augmix", "augmix-m5-w4-d2", "augmix-m3-w3-a0.5-b1-mstd0.2", "augmix-d0-mstd0"],
    *["original", "original-mstd0.5", "originalr", "v0", "v0r-mstd1", "3a", "3a-mstd0.5"],
]


def finite(value):
    return None if value == float("inf") else value


def operation(op):
    return [op.name, op.prob, op.magnitude]


policies = []
for text in POLICIES:
    hparams = {"img_mean": FILL}
    if text.startswith("rand"):
        policy = auto_augment.rand_augment_transform(text, hparams)
        ops = policy.ops
        weights = None if policy.choice_weights is None else [float(w) for w in policy.choice_weights]
        found = {"kind": "rand", "layers": policy.num_layers, "choices": [operation(op) for op in ops], "weights": weights}
    elif text.startswith("augmix"):
        policy = auto_augment.augment_and_mix_transform(text, hparams)
        ops = policy.ops
        found = {"kind": "augmix", "width": policy.width, "depth": max(0, policy.depth), "alpha": policy.alpha}
        found = {**found, "blended": policy.blended, "choices": [operation(op) for op in ops]}
    else:
        policy = auto_augment.auto_augment_transform(text, hparams)
        ops = [op for pair in policy.policy for op in pair]
        found = {"kind": "auto", "choices": [[operation(op) for op in pair] for pair in policy.policy]}
    # A deviation that is infinite is null.
    noise = {"std": finite(ops[0].magnitude_std), "max": ops[0].magnitude_max or 10}
    policies.append({"text": text, "noise": noise, **found})
write("policies.json", policies)
