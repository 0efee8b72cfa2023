"""ConvNeXt (Liu et al., arXiv:2201.03545) under timm's names, with torchvision's as its peer."""

import torch
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt as Peer


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Mlp(nn.Module):
    def __init__(self, width, conv, approximate):
        super().__init__()
        layer = (lambda i, o: nn.Conv2d(i, o, 1)) if conv else nn.Linear
        self.fc1 = layer(width, 4 * width)
        self.fc2 = layer(4 * width, width)
        self.act = nn.GELU(approximate=approximate)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, conv, eps, approximate):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))
        self.conv_dw = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = (LayerNorm2d if conv else nn.LayerNorm)(width, eps=eps)
        self.mlp = Mlp(width, conv, approximate)
        self.conv = conv

    def forward(self, x):
        y = self.conv_dw(x)
        if self.conv:
            y = self.mlp(self.norm(y))
        else:
            y = self.mlp(self.norm(y.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        return x + y * self.gamma.reshape(1, -1, 1, 1)


class Stage(nn.Module):
    def __init__(self, before, width, depth, conv, eps, approximate):
        super().__init__()
        self.downsample = (
            nn.Identity()
            if before == width
            else nn.Sequential(LayerNorm2d(before, eps=eps), nn.Conv2d(before, width, 2, stride=2))
        )
        self.blocks = nn.Sequential(*[Block(width, conv, eps, approximate) for _ in range(depth)])

    def forward(self, x):
        return self.blocks(self.downsample(x))


class Head(nn.Module):
    def __init__(self, width, classes, eps):
        super().__init__()
        self.norm = LayerNorm2d(width, eps=eps)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        return self.fc(self.norm(x.mean((2, 3), keepdim=True)).flatten(1))


class ConvNeXt(nn.Module):
    def __init__(self, depths, dims, conv, eps=1e-6, approximate="none", classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, dims[0], 4, stride=4), LayerNorm2d(dims[0], eps=eps))
        before = [dims[0], *dims[:-1]]
        self.stages = nn.Sequential(
            *[Stage(b, width, depth, conv, eps, approximate) for b, width, depth in zip(before, dims, depths)]
        )
        self.head = Head(dims[-1], classes, eps)

    def forward(self, x):
        return self.head(self.stages(self.stem(x)))


def check_against_peer(model, dims, depths):
    """torchvision's network with the same weights gives the same logits."""
    nexts = [*dims[1:], None]
    peer = Peer(
        [CNBlockConfig(*config) for config in zip(dims, nexts, depths)], layer_scale=1, num_classes=10
    ).double()
    ours = model.state_dict()
    theirs = {
        "features.0.0": "stem.0", "features.0.1": "stem.1", "classifier.0": "head.norm", "classifier.2": "head.fc",
    }
    for i, depth in enumerate(depths):
        if i > 0:
            theirs[f"features.{2 * i}.0"] = f"stages.{i}.downsample.0"
            theirs[f"features.{2 * i}.1"] = f"stages.{i}.downsample.1"
        for j in range(depth):
            block = f"features.{2 * i + 1}.{j}.block"
            for k, module in {"0": "conv_dw", "2": "norm", "3": "mlp.fc1", "5": "mlp.fc2"}.items():
                theirs[f"{block}.{k}"] = f"stages.{i}.blocks.{j}.{module}"
    state = {f"{a}.{p}": ours[f"{b}.{p}"] for a, b in theirs.items() for p in ("weight", "bias")}
    for i, depth in enumerate(depths):
        for j in range(depth):
            gamma = ours[f"stages.{i}.blocks.{j}.gamma"]
            state[f"features.{2 * i + 1}.{j}.layer_scale"] = gamma.reshape(-1, 1, 1)
    peer.load_state_dict({k: v.reshape(peer.state_dict()[k].shape) for k, v in state.items()})
    x = torch.randn(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        difference = (model.eval()(x) - peer.eval()(x)).abs().max().item()
    assert difference < 1e-10, difference


CONFIGS = {
    "convnext_atto": ((2, 2, 6, 2), (40, 80, 160, 320), True),
    "convnext_femto": ((2, 2, 6, 2), (48, 96, 192, 384), True),
    "convnext_tiny": ((3, 3, 9, 3), (96, 192, 384, 768), False),
    "test_convnext": ((1, 2, 4, 2), (24, 32, 48, 64), False, 1e-5, "tanh"),
}

MODELS = {name: (lambda shape, c=config: ConvNeXt(*c), [(2, 3, 64, 64)]) for name, config in CONFIGS.items()}


def check(name, model):
    depths, dims, *other = CONFIGS[name]
    if len(other) == 1:  # torchvision has neither another eps nor another GELU
        check_against_peer(model, dims, depths)
