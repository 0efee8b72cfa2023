"""Exports a fresh ResNet-18 with its batch normalizations and writes the losses of PyTorch's training.

Usage: train.py PREFIX STEPS LR BATCH CHANNELS HEIGHT WIDTH
Reads PREFIXimages, raw little-endian float32 [B, C, H, W]; writes PREFIXmodel.onnx and PREFIXtraining.json: the losses of
SGD with momentum 0.9, the names of the parameters, and the running statistics after the first step. There are 5 classes; image i is of class i % 5.
"""

import json
import sys

import torch
import torchvision
from torch.nn import functional as F

prefix, steps, lr, *sizes = sys.argv[1:]
torch.manual_seed(0)
model = torchvision.models.resnet18(num_classes=5)
with open(prefix + "images", "rb") as file:
    images = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape([int(size) for size in sizes])
axes = {"input": {0: "batch"}, "logits": {0: "batch"}}
# Of equal tensors, all ones and all zeros here, the exporter keeps one.
torch.onnx.export(
    model.eval(),
    images,
    prefix + "model.onnx",
    opset_version=17,
    input_names=["input"],
    output_names=["logits"],
    dynamic_axes=axes,
    training=torch.onnx.TrainingMode.PRESERVE,
)
model.train()
optimizer = torch.optim.SGD(model.parameters(), lr=float(lr), momentum=0.9)
losses = []
for _ in range(int(steps)):
    loss = F.cross_entropy(model(images), torch.arange(len(images)) % 5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if len(losses) == 1:
        state = {name: value.clone() for name, value in model.state_dict().items()}
with open(prefix + "training.json", "w") as file:
    json.dump(
        {
            "losses": losses,
            "parameters": [name for name, _ in model.named_parameters()],
            "statistics": {name: state[name].tolist() for name in state if ".running_" in name},
        },
        file,
    )
