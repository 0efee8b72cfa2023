"""Prints what timm makes of weights for other channels, image sizes and names.

    PYTHONPATH=/path/to/pytorch-image-models python3 test/golden/adapt/make.py > test/golden/adapt/adapt.json

Element i of a tensor is ((7 i) mod 23 - 11) / 11. Needs torchvision for the names of its models.
"""
import json

import torch
import torchvision
from timm.layers import resample_abs_pos_embed, resample_patch_embed, resize_rel_pos_bias_table
from timm.models import densenet, regnet, vgg
from timm.models._manipulate import adapt_input_conv


def tensor(*shape):
    count = int(torch.tensor(shape).prod())
    return ((torch.arange(count) * 7 % 23 - 11).double() / 11).float().reshape(shape)


def numbers(value):
    return [round(x, 7) for x in value.flatten().tolist()]


def renamed(model, convert):
    """Names of a torchvision model, each with the name that timm's filter gives it."""
    state = {name: torch.full((1,), float(i)) for i, name in enumerate(model.state_dict())}
    names = list(state)
    return {names[int(value.flatten()[0])]: name for name, value in convert(dict(state)).items()}




result = {
    "inputConv": {str(n): numbers(adapt_input_conv(n, tensor(2, 3, 2, 2))) for n in (1, 2, 4, 6, 7)},
    "positions": {
        f"{old}-{new}-{prefix}": numbers(
            resample_abs_pos_embed(tensor(1, prefix + old * old, 2), [new, new], num_prefix_tokens=prefix)
        )
        for old, new, prefix in ((4, 6, 1), (6, 3, 1), (7, 5, 0), (3, 7, 2), (14, 10, 1))
    },
    "biasTable": {
        f"{old}-{new}": numbers(
            resize_rel_pos_bias_table(tensor((2 * old - 1) ** 2, 2), (new, new), ((2 * new - 1) ** 2, 2))
        )
        for old, new in ((7, 8), (7, 4), (3, 5))
    },
    "patches": {
        f"{old}-{new}": numbers(resample_patch_embed(tensor(1, 3, old, old), [new, new]))
        for old, new in ((4, 6), (8, 4), (5, 7))
    },
    "names": {
        "regnet_y_400mf": renamed(torchvision.models.regnet_y_400mf(), regnet._filter_fn),
        "densenet": {
            name: next(iter(densenet._filter_torchvision_pretrained({name: 0})))
            for name in (
                "features.denseblock1.denselayer1.norm.1.weight",
                "features.denseblock1.denselayer1.conv.2.weight",
                "features.transition1.norm.weight",
                "classifier.bias",
            )
        },
    },
}
print(json.dumps(result, separators=(",", ":")))
