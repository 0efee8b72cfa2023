"""Saves models of timm as programs of PyTorch do: timm-weights.py TIMM FOLDER.

FOLDER gets for each model NAME-plain.pth, NAME-half.pth.tar and NAME-old.ckpt, the images, and logits.json by file.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import timm
import torch

folder = Path(sys.argv[2])
torch.manual_seed(0)
images = torch.randn(2, 3, 64, 64)
images.numpy().tofile(folder / "images")
logits = {}


def save(file, model, checkpoint, **options):
    torch.save(checkpoint, folder / file, **options)
    with torch.no_grad():
        logits[file] = model(images).flatten().tolist()


for name, options in [("test_resnet", {}), ("test_efficientnet", {}), ("test_vit", {"img_size": 64})]:
    model = timm.create_model(name, num_classes=5, **options).eval()
    for buffer_name, buffer in model.named_buffers():
        if buffer_name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
        elif buffer_name.endswith("running_mean"):
            buffer.normal_(0, 0.1)
    state = model.state_dict()
    save(f"{name}-plain.pth", model, state)
    # A compiled model in channels-last memory, by a PyTorch that counted no batches.
    old = {
        f"_orig_mod.{key}": value.to(memory_format=torch.channels_last) if value.dim() == 4 else value
        for key, value in state.items()
        if not key.endswith("num_batches_tracked")
    }
    save(f"{name}-old.ckpt", model, {"model": old, "optimizer": {}}, _use_new_zipfile_serialization=False)
    # Of several devices, in half precision.
    half = {key: value.half() if value.is_floating_point() else value for key, value in state.items()}
    model.load_state_dict({key: value.float() if value.is_floating_point() else value for key, value in half.items()})
    save(f"{name}-half.pth.tar", model, {"state_dict": {f"module.{key}": value for key, value in half.items()}})
(folder / "logits.json").write_text(json.dumps(logits))
