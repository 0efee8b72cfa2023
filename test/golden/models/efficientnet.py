"""EfficientNet (Tan and Le, arXiv:1905.11946) and MobileNetV3 (Howard et al., arXiv:1905.02244) under timm's names,
with torchvision's as their peers."""

import torch
import torchvision
from torch import nn
from torchvision.models import efficientnet
from torchvision.ops.misc import SqueezeExcitation


def divisible(channels, limit=0.9):
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < limit * channels else rounded


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduced, act, gate):
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, reduced, 1)
        self.conv_expand = nn.Conv2d(reduced, channels, 1)
        self.act, self.gate = act, gate

    def forward(self, x):
        s = self.conv_expand(self.act(self.conv_reduce(x.mean((2, 3), keepdim=True))))
        return x * self.gate(s)


def conv(i, o, kernel, stride=1, groups=1):
    return nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)


class Separable(nn.Module):
    def __init__(self, i, o, kernel, stride, act, se):
        super().__init__()
        self.conv_dw = conv(i, i, kernel, stride, i)
        self.bn1 = nn.BatchNorm2d(i)
        self.se = se(i, 1)
        self.conv_pw = conv(i, o, 1)
        self.bn2 = nn.BatchNorm2d(o)
        self.act, self.skip = act, stride == 1 and i == o

    def forward(self, x):
        y = self.bn2(self.conv_pw(self.se(self.act(self.bn1(self.conv_dw(x))))))
        return x + y if self.skip else y


class Inverted(nn.Module):
    def __init__(self, i, o, kernel, stride, act, se, expansion):
        super().__init__()
        mid = divisible(i * expansion)
        self.conv_pw = conv(i, mid, 1)
        self.bn1 = nn.BatchNorm2d(mid)
        self.conv_dw = conv(mid, mid, kernel, stride, mid)
        self.bn2 = nn.BatchNorm2d(mid)
        self.se = se(mid, expansion)
        self.conv_pwl = conv(mid, o, 1)
        self.bn3 = nn.BatchNorm2d(o)
        self.act, self.skip = act, stride == 1 and i == o

    def forward(self, x):
        y = self.act(self.bn1(self.conv_pw(x)))
        y = self.bn3(self.conv_pwl(self.se(self.act(self.bn2(self.conv_dw(y))))))
        return x + y if self.skip else y


class Edge(nn.Module):
    def __init__(self, i, o, kernel, stride, act, se, expansion):
        super().__init__()
        mid = divisible(i * expansion)
        self.conv_exp = conv(i, mid, kernel, stride)
        self.bn1 = nn.BatchNorm2d(mid)
        self.se = se(mid, expansion)
        self.conv_pwl = conv(mid, o, 1)
        self.bn2 = nn.BatchNorm2d(o)
        self.act, self.skip = act, stride == 1 and i == o

    def forward(self, x):
        y = self.bn2(self.conv_pwl(self.se(self.act(self.bn1(self.conv_exp(x))))))
        return x + y if self.skip else y


class ConvBnAct(nn.Module):
    def __init__(self, i, o, kernel, act):
        super().__init__()
        self.conv = conv(i, o, kernel)
        self.bn1 = nn.BatchNorm2d(o)
        self.act = act

    def forward(self, x):
        return self.act(self.bn1(self.conv(x)))


class Network(nn.Module):
    def __init__(self, stages, act, se, stem, head, pool_first, classes=10):
        """`stages`: lists of (kind, repeats, kernel, stride, expansion, channels, squeeze, act)."""
        super().__init__()
        self.conv_stem = conv(3, stem, 3, 2)
        self.bn1 = nn.BatchNorm2d(stem)
        channels, blocks = stem, []
        for stage in stages:
            stack = []
            for kind, repeats, kernel, stride, expansion, out, squeeze, own in stage:
                used = own or act
                gates = (lambda c, e, r=squeeze, a=used: se(c, e, r, a)) if squeeze else (lambda c, e: nn.Identity())
                for k in range(repeats):
                    s = stride if k == 0 else 1
                    if kind == "ds":
                        stack.append(Separable(channels, out, kernel, s, used, gates))
                    elif kind in ("ir", "er"):
                        block = Inverted if kind == "ir" else Edge
                        stack.append(block(channels, out, kernel, s, used, gates, expansion))
                    else:
                        stack.append(ConvBnAct(channels, out, kernel, used))
                    channels = out
            blocks.append(nn.Sequential(*stack))
        self.blocks = nn.Sequential(*blocks)
        self.conv_head = nn.Conv2d(channels, head, 1, bias=pool_first)
        if not pool_first:
            self.bn2 = nn.BatchNorm2d(head)
        self.classifier = nn.Linear(head, classes)
        self.act, self.pool_first = act, pool_first

    def forward(self, x):
        x = self.blocks(self.act(self.bn1(self.conv_stem(x))))
        if self.pool_first:
            x = self.act(self.conv_head(x.mean((2, 3), keepdim=True))).flatten(1)
        else:
            x = self.act(self.bn2(self.conv_head(x))).mean((2, 3))
        return self.classifier(x)


def efficient(squeeze):
    rows = [
        ("ds", 1, 3, 1, 1, 16), ("ir", 2, 3, 2, 6, 24), ("ir", 2, 5, 2, 6, 40), ("ir", 3, 3, 2, 6, 80),
        ("ir", 3, 5, 1, 6, 112), ("ir", 4, 5, 2, 6, 192), ("ir", 1, 3, 1, 6, 320),
    ]
    return [[(*row, squeeze, None)] for row in rows]


R = nn.ReLU()
SMALL = [
    [("ds", 1, 3, 2, 1, 16, 0.25, R)],
    [("ir", 1, 3, 2, 4.5, 24, 0, R), ("ir", 1, 3, 1, 3.67, 24, 0, R)],
    [("ir", 1, 5, 2, 4, 40, 0.25, None), ("ir", 2, 5, 1, 6, 40, 0.25, None)],
    [("ir", 2, 5, 1, 3, 48, 0.25, None)],
    [("ir", 3, 5, 2, 6, 96, 0.25, None)],
    [("cn", 1, 1, 1, 1, 576, 0, None)],
]
LARGE = [
    [("ds", 1, 3, 1, 1, 16, 0, R)],
    [("ir", 1, 3, 2, 4, 24, 0, R), ("ir", 1, 3, 1, 3, 24, 0, R)],
    [("ir", 3, 5, 2, 3, 40, 0.25, R)],
    [("ir", 1, 3, 2, 6, 80, 0, None), ("ir", 1, 3, 1, 2.5, 80, 0, None), ("ir", 2, 3, 1, 2.3, 80, 0, None)],
    [("ir", 2, 3, 1, 6, 112, 0.25, None)],
    [("ir", 3, 5, 2, 6, 160, 0.25, None)],
    [("cn", 1, 1, 1, 1, 960, 0, None)],
]


TINY = [
    [("cn", 1, 3, 1, 1, 16, 0, None)],
    [("er", 1, 3, 2, 4, 24, 0, None)],
    [("er", 1, 3, 2, 4, 32, 0, None)],
    [("ir", 1, 3, 2, 4, 48, 0.25, None)],
    [("ir", 1, 3, 2, 4, 64, 0.25, None)],
]


def efficient_se(channels, expansion, ratio, act):
    return SqueezeExcite(channels, round(channels * ratio / expansion), act, nn.Sigmoid())


def mobile_se(channels, expansion, ratio, act):
    return SqueezeExcite(channels, divisible(channels * ratio), nn.ReLU(), nn.Hardsigmoid())


CREATE = {
    "efficientnet_b0": lambda: Network(efficient(0.25), nn.SiLU(), efficient_se, 32, 1280, False),
    "efficientnet_lite0": lambda: Network(efficient(0), nn.ReLU6(), efficient_se, 32, 1280, False),
    "mobilenetv3_small_100": lambda: Network(SMALL, nn.Hardswish(), mobile_se, 16, 1024, True),
    "mobilenetv3_large_100": lambda: Network(LARGE, nn.Hardswish(), mobile_se, 16, 1280, True),
    "test_efficientnet": lambda: Network(TINY, nn.SiLU(), efficient_se, 24, 256, False),
}

MODELS = {name: (lambda shape, c=create: c(), [(4, 3, 64, 64)]) for name, create in CREATE.items()}


def lite_peer(num_classes):
    """torchvision's B0 with ReLU6, and without squeeze and excitation."""
    peer = efficientnet.efficientnet_b0(num_classes=num_classes)
    for module in list(peer.modules()):
        for name, child in module.named_children():
            if isinstance(child, SqueezeExcitation):
                setattr(module, name, nn.Identity())
            elif isinstance(child, nn.SiLU):
                setattr(module, name, nn.ReLU6())
    return peer


def tiny_peer(num_classes):
    fused, inverted = efficientnet.FusedMBConvConfig, efficientnet.MBConvConfig
    rows = [
        fused(1, 3, 1, 24, 16, 1), fused(4, 3, 2, 16, 24, 1), fused(4, 3, 2, 24, 32, 1),
        inverted(4, 3, 2, 32, 48, 1), inverted(4, 3, 2, 48, 64, 1),
    ]
    return efficientnet.EfficientNet(rows, dropout=0, last_channel=256, num_classes=num_classes)


PEERS = {
    "efficientnet_b0": efficientnet.efficientnet_b0,
    "efficientnet_lite0": lite_peer,
    "mobilenetv3_small_100": torchvision.models.mobilenet_v3_small,
    "mobilenetv3_large_100": torchvision.models.mobilenet_v3_large,
    "test_efficientnet": tiny_peer,
}


def check(name, model):
    """torchvision's network, whose tensors stand in the same order, gives the same logits."""
    peer = PEERS[name](num_classes=10).double()
    state = peer.state_dict()
    ours = list(model.state_dict().values())
    assert len(ours) == len(state)
    peer.load_state_dict({k: v.reshape(state[k].shape) for k, v in zip(state, ours)})
    for m in peer.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.eps = 1e-5
    x = torch.randn(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        difference = (model.eval()(x) - peer.eval()(x)).abs().max().item()
    assert difference < 1e-10, difference
