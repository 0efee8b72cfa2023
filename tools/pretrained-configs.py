"""Writes what timm knows of its pretrained weights: run in the root of the repository, with timm on the path.

    PYTHONPATH=/path/to/pytorch-image-models python3 tools/pretrained-configs.py

One TypeScript file per module of timm goes to packages/tsimm/src/models/pretrained/generated, and a digest of
every configuration, as timm itself has it, to test/golden/pretrained/configs.json.
"""
import json
from pathlib import Path

import timm
from timm.models import _registry as registry

MODULES = ["convnext", "deit", "densenet", "efficientnet", "mobilenetv3", "regnet", "resnet", "swin_transformer", "vgg", "vision_transformer"]
NORMALIZATIONS = {
    ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)): None,
    ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)): "half",
    ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)): "clip",
    ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)): "none",
}
FOLDER = Path("packages/tsimm/src/models/pretrained/generated")


def tags_of(name):
    """Tags in timm's order, the default first."""
    full = registry._model_with_tags[name] or [name]
    default = registry.get_pretrained_cfg(name)
    assert registry.get_pretrained_cfg(full[0]) == default, name
    return [(one.partition(".")[2], registry.get_pretrained_cfg(one)) for one in full]


def entry(name, tag, cfg):
    """What differs from 224 pixels, bicubic, 0.875, centre, ImageNet's normalization and classes."""
    square = lambda size: size[1] if size[0] == 3 and size[1] == size[2] else 1 / 0
    fields = {}
    if square(cfg.input_size) != 224:
        fields["size"] = square(cfg.input_size)
    if cfg.crop_pct != 0.875:
        fields["crop"] = cfg.crop_pct
    if cfg.test_input_size is not None:
        fields["testSize"] = square(cfg.test_input_size)
    if cfg.test_crop_pct is not None:
        fields["testCrop"] = cfg.test_crop_pct
    if cfg.interpolation != "bicubic":
        fields["interpolation"] = cfg.interpolation
    if cfg.crop_mode != "center":
        fields["mode"] = cfg.crop_mode
    normalization = NORMALIZATIONS[(tuple(cfg.mean), tuple(cfg.std))]
    if normalization is not None:
        fields["norm"] = normalization
    if cfg.num_classes != 1000:
        fields["classes"] = cfg.num_classes
    if cfg.fixed_input_size:
        fields["fixed"] = True
    if not cfg.hf_hub_id:
        fields["hub"] = None
        if cfg.url:
            fields["url"] = cfg.url
    elif cfg.hf_hub_id != f"timm/{name}.{tag}":
        fields["hub"] = cfg.hf_hub_id
    return fields


def source(value):
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {source(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return json.dumps(value)


digest = {}
for module in MODULES:
    names = sorted(registry._module_to_models[module] - registry._deprecated_models.keys(), key=registry._natural_key)
    lines = [
        f"// Written by tools/pretrained-configs.py from timm {timm.__version__}; do not edit.",
        'import type { PretrainedTable } from "../pretrained-table.ts";',
        "",
        f"export const {module}: PretrainedTable = {{",
    ]
    for name in names:
        lines.append(f"  {name}: {{")
        for tag, cfg in tags_of(name):
            lines.append(f"    {json.dumps(tag)}: {source(entry(name, tag, cfg))},")
            digest[f"{name}.{tag}" if tag else name] = {
                "inputSize": cfg.input_size,
                "testInputSize": cfg.test_input_size,
                "interpolation": cfg.interpolation,
                "cropPct": cfg.crop_pct,
                "testCropPct": cfg.test_crop_pct,
                "cropMode": cfg.crop_mode,
                "mean": cfg.mean,
                "std": cfg.std,
                "numClasses": cfg.num_classes,
                "fixedInputSize": cfg.fixed_input_size,
                "hfHubId": cfg.hf_hub_id or None,
            }
        lines.append("  },")
    lines.append("};")
    (FOLDER / f"{module.replace('_', '-')}.ts").write_text("\n".join(lines) + "\n")

fixture = "{\n" + ",\n".join(f" {json.dumps(key)}: {json.dumps(list(one.values()))}" for key, one in digest.items()) + "\n}\n"
Path("test/golden/pretrained/configs.json").write_text(fixture)
