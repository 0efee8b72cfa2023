"""Logits, loss and gradients of timm's networks in small sizes, written to small.json. README.md says how to run it."""

import functools
import json
import pathlib
import sys

import numpy
import torch
from timm.layers import ClassifierHead
from timm.models import densenet, efficientnet, mobilenetv3, resnet, swin_transformer, vgg
from timm.models._efficientnet_builder import decode_arch_def
from timm.models.deit import VisionTransformerDistilled
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "models"))
import golden  # noqa: E402

SALT = 20280
SIDE = {"swin": 44, "distilled": 32, "deit3": 32}


def squeezed():
    blocks = [resnet.BasicBlock, resnet.BasicBlock, resnet.Bottleneck, resnet.BasicBlock]
    return resnet.ResNet(
        blocks, [1, 1, 1, 1], channels=[16, 16, 8, 16], block_args={"attn_layer": "se"}, num_classes=10
    )


def mixed():
    arch = [
        ["cn_r1_k3_s1_e1_c16_skip"],
        ["er_r1_k3_s2_e4_c24_fc16_noskip", "er_r1_k3_s1_e2_c24"],
        ["ir_r1_k3.5.7_a1.1_p1.1_s2_e3_c40_se0.5_nsw", "ir_r1_k3.5_s1_e3_c40_se0.25_nsw"],
    ]
    norm = functools.partial(nn.BatchNorm2d, eps=1e-3)
    blocks = decode_arch_def(arch)
    return efficientnet.EfficientNet(
        blocks, num_classes=10, num_features=48, stem_size=16, pad_type="same", act_layer=nn.SiLU, norm_layer=norm
    )


def universal():
    arch = [
        ["cn_r1_k3_s2_e1_c16"],
        ["uir_r1_a5_k5_s2_e3_c24", "uir_r1_a0_k3_s1_e2_c24", "uir_r1_a3_k0_s1_e4_c24", "uir_r1_a0_k0_s1_e2_c24"],
    ]
    return mobilenetv3.MobileNetV3(
        decode_arch_def(arch),
        num_classes=10,
        stem_size=8,
        num_features=32,
        head_bias=False,
        head_norm=True,
        act_layer=nn.SiLU,
    )


def with_small_head():
    model = vgg.VGG([8, "M", 16, "M"], num_classes=10, norm_layer=nn.BatchNorm2d)
    model.pre_logits = vgg.ConvMlp(16, 24, 7, drop_rate=0.0)
    model.head = ClassifierHead(24, 10)
    return model


VIT = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 2, "num_classes": 10}
MODELS = {
    "squeezed": squeezed,
    "mixed": mixed,
    "universal": universal,
    "distilled": lambda: VisionTransformerDistilled(**VIT),
    "deit3": lambda: VisionTransformer(**VIT, no_embed_class=True, init_values=1e-6),
    "swin": lambda: swin_transformer.SwinTransformer(
        img_size=44, window_size=4, embed_dim=16, depths=(2, 2), num_heads=(1, 2), drop_path_rate=0.0, num_classes=10
    ),
    "densenet": lambda: densenet.DenseNet(growth_rate=8, block_config=(2, 2), num_classes=10),
    "vgg": with_small_head,
}


def measured(name):
    model = MODELS[name]().double()
    golden.fill(SALT, model)
    side = SIDE.get(name, 36)
    shape = (4, 3, side, side)
    pixels = golden.integers(SALT, "input", 4 * 3 * side * side).astype(numpy.float64)
    images = torch.from_numpy(pixels.reshape(shape) * 2.0**-15)
    labels = torch.from_numpy(golden.bits(SALT, "target", 4).astype(numpy.int64) % 10)
    model.eval()
    with torch.no_grad():
        evaluated = model(images)
    _, loss, gradients = golden.step(model, images, labels)
    short = lambda x: float(f"{x:.7g}")  # noqa: E731
    return {
        "side": side,
        "labels": labels.tolist(),
        "evaluated": [[short(x) for x in row] for row in evaluated.tolist()],
        "loss": short(loss.item()),
        "gradients": [short(g.norm().item()) for g in gradients.values()],
        "sensitivity": short(golden.sensitivity(model, images, labels, gradients)),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    table = {"salt": SALT, "cases": {name: measured(name) for name in MODELS}}
    for name, case in table["cases"].items():
        print(name, case["loss"], "sensitivity", case["sensitivity"])
    text = json.dumps(table, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / "small.json").write_text(text + "\n")
