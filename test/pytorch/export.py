"""Exports a network with random weights to ONNX and writes PyTorch's gradients.

Usage: export.py NAME OPSET PREFIX BATCH CHANNELS HEIGHT WIDTH
Reads PREFIXimages, raw little-endian float32 [B, C, H, W]; writes PREFIXmodel.onnx and PREFIXgradients.json. There are
5 classes; image i is of class i.
"""

import json
import sys

import torch
import torchvision
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    """Patches, one block of attention and one of linear layers, the mean of all tokens."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 24, 4, stride=4)
        self.position = nn.Parameter(torch.randn(1, 16, 24))
        self.norm1 = nn.LayerNorm(24)
        self.qkv = nn.Linear(24, 72)
        self.proj = nn.Linear(24, 24)
        self.norm2 = nn.LayerNorm(24)
        self.fc1 = nn.Linear(24, 48)
        self.fc2 = nn.Linear(48, 24)
        self.head = nn.Linear(24, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        batch, tokens, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(batch, tokens, 3, 2, width // 2).permute(2, 0, 3, 1, 4).unbind(0)
        weights = ((q @ k.transpose(-2, -1)) * (width // 2) ** -0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(batch, tokens, width))
        x = x + self.fc2(F.gelu(self.fc1(self.norm2(x))))
        return self.head(x.mean(1))


class Decoder(nn.Module):
    """Down and up again: group normalization, transposed convolution, resizing, padding, slices, several activations."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(2, 8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.slope = nn.PReLU(8)
        self.up = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
        self.instance = nn.InstanceNorm2d(6, affine=True)
        self.conv3 = nn.Conv2d(9, 10, 3, dilation=2, padding=2)
        self.head = nn.Linear(10, 5)

    def forward(self, x):
        y = F.hardswish(self.norm(self.conv1(x)))
        y = self.slope(self.conv2(F.pad(y, (1, 1, 1, 1), mode="reflect"))[:, :, 1:-1, 1:-1])
        y = F.leaky_relu(self.instance(self.up(y)))
        small = F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False)
        back = F.interpolate(small, size=x.shape[2:], mode="nearest")
        y = self.conv3(torch.cat([y, back], 1))
        first, second = y.split(5, 1)
        y = torch.cat([torch.tanh(first), F.softplus(second)], 1)
        return self.head(F.relu6(y * 3).amax((2, 3)) + y.clamp(-0.5, 0.5).pow(2).mean((2, 3)).sqrt())


class Recurrent(nn.Module):
    """The columns of an image through a recurrent layer of two directions, which is frozen, as is all before it."""

    def __init__(self):
        super().__init__()
        self.body = nn.ModuleDict(
            {
                "conv": nn.Conv2d(3, 8, 3, stride=2, padding=1),
                "norm": nn.BatchNorm2d(8),
                "lstm": nn.LSTM(8 * 8, 16, num_layers=2, bidirectional=True, batch_first=True),
            }
        )
        self.body.requires_grad_(False)
        self.head = nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 12), nn.GELU(), nn.Linear(12, 5))

    def forward(self, x):
        y = F.relu(self.body["norm"](self.body["conv"](x)))
        y, _ = self.body["lstm"](y.permute(0, 3, 1, 2).flatten(2))
        return self.head(y.mean(1))


name, opset, prefix, *sizes = sys.argv[1:]
torch.manual_seed(0)
if name == "attention":
    model = Attention()
elif name == "decoder":
    model = Decoder()
elif name == "recurrent":
    model = Recurrent()
else:
    model = getattr(torchvision.models, name)(num_classes=5)
# Of equal tensors, such as biases that are all 0, the exporter keeps one.
for parameter in model.parameters():
    parameter.data += 0.05 * torch.randn_like(parameter)
model.eval()
with open(prefix + "images", "rb") as file:
    images = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape([int(size) for size in sizes])
axes = {"input": {0: "batch"}, "logits": {0: "batch"}}
torch.onnx.export(
    model,
    images,
    prefix + "model.onnx",
    opset_version=int(opset),
    input_names=["input"],
    output_names=["logits"],
    dynamic_axes=axes,
    # Transposed copies of weights would hide the names of the parameters.
    do_constant_folding=False,
)
loss = F.cross_entropy(model(images), torch.arange(len(images)))
loss.backward()
trained = [(key, value) for key, value in model.named_parameters() if value.requires_grad]
gradients = {key: value.grad.flatten().tolist() for key, value in trained}
with open(prefix + "gradients.json", "w") as file:
    json.dump({"loss": loss.item(), "gradients": gradients}, file)
