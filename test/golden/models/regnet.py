"""RegNet (Radosavovic et al., arXiv:2003.13678) under timm's names, with torchvision's as its peer."""

import torch
from torch import nn
from torchvision.models.regnet import BlockParams, RegNet as Peer


class ConvNormAct(nn.Module):
    def __init__(self, i, o, kernel, stride=1, groups=1, act=True):
        super().__init__()
        self.conv = nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(o)
        self.act = nn.ReLU() if act else nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduced):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, reduced, 1)
        self.fc2 = nn.Conv2d(reduced, channels, 1)

    def forward(self, x):
        s = self.fc2(self.fc1(x.mean((2, 3), keepdim=True)).relu())
        return x * s.sigmoid()


class Block(nn.Module):
    def __init__(self, i, o, stride, group_width, squeeze):
        super().__init__()
        self.conv1 = ConvNormAct(i, o, 1)
        self.conv2 = ConvNormAct(o, o, 3, stride, o // group_width)
        self.se = SqueezeExcite(o, round(i * squeeze)) if squeeze else nn.Identity()
        self.conv3 = ConvNormAct(o, o, 1, act=False)
        same = i == o and stride == 1
        self.downsample = nn.Identity() if same else ConvNormAct(i, o, 1, stride, act=False)

    def forward(self, x):
        return (self.conv3(self.se(self.conv2(self.conv1(x)))) + self.downsample(x)).relu()


class Head(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


class RegNet(nn.Module):
    def __init__(self, depths, widths, group_width, squeeze, classes=10):
        super().__init__()
        self.stem = ConvNormAct(3, 32, 3, 2)
        before = 32
        for s, (depth, width) in enumerate(zip(depths, widths), 1):
            stage = nn.Sequential()
            for b in range(depth):
                stage.add_module(f"b{b + 1}", Block(before, width, 2 if b == 0 else 1, group_width, squeeze))
                before = width
            self.add_module(f"s{s}", stage)
        self.head = Head(before, classes)

    def forward(self, x):
        for stage in (self.stem, self.s1, self.s2, self.s3, self.s4, self.head):
            x = stage(x)
        return x


# The first from golden.SALT on at which no ReLU of either network stands within rounding of its kink.
SALT = 20276

SQUEEZE = {"regnetx_002": 0, "regnety_002": 0.25}

MODELS = {
    name: (lambda shape, s=squeeze: RegNet((1, 1, 4, 7), (24, 56, 152, 368), 8, s), [(4, 3, 64, 64)])
    for name, squeeze in SQUEEZE.items()
}


def check(name, model):
    """torchvision's network of the same design parameters, with the same weights, gives the same logits."""
    squeeze = SQUEEZE[name]
    params = BlockParams.from_init_params(
        depth=13, w_0=24, w_a=36.44, w_m=2.49, group_width=8, se_ratio=squeeze or None
    )
    peer = Peer(params, num_classes=10).double()
    parts = {"conv1": "f.a", "conv2": "f.b", "conv3": "f.c", "downsample": "proj"}
    state = {}
    for key, value in model.state_dict().items():
        stage, *rest = key.split(".")
        if stage == "head":
            state[f"fc.{rest[-1]}"] = value
        elif stage == "stem":
            state[f"stem.{'0' if rest[0] == 'conv' else '1'}.{rest[1]}"] = value
        else:
            block = f"trunk_output.block{stage[1:]}.block{stage[1:]}-{int(rest[0][1:]) - 1}"
            if rest[1] == "se":
                state[f"{block}.f.se.{rest[2]}.{rest[3]}"] = value
            else:
                state[f"{block}.{parts[rest[1]]}.{'0' if rest[2] == 'conv' else '1'}.{rest[3]}"] = value
    peer.load_state_dict(state)
    x = torch.randn(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        difference = (model.eval()(x) - peer.eval()(x)).abs().max().item()
    assert difference < 1e-10, difference
