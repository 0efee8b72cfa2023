"""ViT (Dosovitskiy et al., arXiv:2010.11929) under timm's names, with torchvision's as its peer."""

import torch
from torch import nn
from torchvision.models.vision_transformer import VisionTransformer as Peer


class PatchEmbed(nn.Module):
    def __init__(self, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, stride=patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, d))


class Mlp(nn.Module):
    def __init__(self, width, ratio):
        super().__init__()
        self.fc1 = nn.Linear(width, ratio * width)
        self.fc2 = nn.Linear(ratio * width, width)
        self.act = nn.GELU()

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width, ratio)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, size, width, depth, heads, ratio, classes=10, patch=16):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + (size // patch) ** 2, width))
        self.patch_embed = PatchEmbed(width, patch)
        self.blocks = nn.Sequential(*[Block(width, heads, ratio) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


CONFIGS = {
    "vit_tiny_patch16_224": (192, 12, 3, 4),
    "vit_small_patch16_224": (384, 12, 6, 4),
    "test_vit": (64, 6, 2, 3),
}

SHAPES = {
    "vit_tiny_patch16_224": [(2, 3, 48, 48), (1, 3, 224, 224)],
    "vit_small_patch16_224": [(2, 3, 32, 32)],
    "test_vit": [(2, 3, 160, 160)],
}

MODELS = {
    name: (lambda shape, c=config: VisionTransformer(shape[2], *c), SHAPES[name]) for name, config in CONFIGS.items()
}


def check(name, model):
    """torchvision's network with the same weights gives the same logits."""
    width, depth, heads, ratio = CONFIGS[name]
    size = SHAPES[name][-1][2]
    peer = Peer(size, 16, depth, heads, width, ratio * width, num_classes=10).double()
    ours = model.state_dict()
    state = {
        "class_token": ours["cls_token"], "encoder.pos_embedding": ours["pos_embed"],
    }
    modules = {"conv_proj": "patch_embed.proj", "encoder.ln": "norm", "heads.head": "head"}
    for i in range(depth):
        layer = f"encoder.layers.encoder_layer_{i}"
        for a, b in {"ln_1": "norm1", "ln_2": "norm2", "mlp.0": "mlp.fc1", "mlp.3": "mlp.fc2"}.items():
            modules[f"{layer}.{a}"] = f"blocks.{i}.{b}"
        modules[f"{layer}.self_attention.out_proj"] = f"blocks.{i}.attn.proj"
        for p in ("weight", "bias"):
            state[f"{layer}.self_attention.in_proj_{p}"] = ours[f"blocks.{i}.attn.qkv.{p}"]
    state.update({f"{a}.{p}": ours[f"{b}.{p}"] for a, b in modules.items() for p in ("weight", "bias")})
    peer.load_state_dict(state)
    x = torch.randn(2, 3, size, size, dtype=torch.float64)
    with torch.no_grad():
        difference = (model.eval()(x) - peer.eval()(x)).abs().max().item()
    assert difference < 1e-10, difference
