"""Loads a safetensors checkpoint into a torchvision model and writes its logits of some images.

Usage: logits.py MODEL CHECKPOINT IMAGES LOGITS BATCH CHANNELS HEIGHT WIDTH
The checkpoint has 10 classes. IMAGES and LOGITS are raw little-endian float32, [B, C, H, W] and [B, 10].
"""

import json
import struct
import sys

import torch
import torchvision

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    """Tensors by name: 8 bytes of header length, a JSON header, the data."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensor = torch.frombuffer(bytearray(data[begin:end]), dtype=TYPES[entry["dtype"]])
        tensors[name] = tensor.reshape(entry["shape"])
    return tensors


name, checkpoint, images_path, logits_path, *sizes = sys.argv[1:]
model = getattr(torchvision.models, name)(num_classes=10)
model.load_state_dict(read_safetensors(checkpoint), strict=True)
model.eval()
with open(images_path, "rb") as file:
    images = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
with torch.no_grad():
    logits = model(images.reshape([int(size) for size in sizes]))
with open(logits_path, "wb") as file:
    file.write(logits.numpy().tobytes())
