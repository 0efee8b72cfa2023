"""Writes models.json and splits.json: what timm makes of --model-kwargs, --gp and --bn-eps, and of --aug-splits 3
--split-bn --jsd-loss, with weights from names.

python3 test/golden/timm-options/make.py FOLDER_OF_TIMM, with timm 1.0.29 and PyTorch >= 1.13.
"""

import json
import pathlib
import sys

sys.path[:0] = [sys.argv[1], str(pathlib.Path(__file__).parent.parent / "models")]

import golden  # noqa: E402
import timm  # noqa: E402
from timm.layers import convert_splitbn_model  # noqa: E402
from timm.loss import JsdCrossEntropy  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

SALT, CLASSES = 20271, 5
CASES = [
    ["test_resnet", 64, {"output_stride": 8, "act_layer": "silu"}, {}],
    ["resnet18", 32, {"output_stride": 16, "channels": [16, 24, 32, 40]}, {}],
    ["resnet18", 32, {"stem_type": "deep_tiered", "stem_width": 16, "avg_down": True, "channels": [16, 24, 32, 40], "layers": [1, 2, 1, 1]}, {}],
    ["resnet26", 48, {"output_stride": 8, "act_layer": "gelu", "channels": [16, 24, 32, 40], "base_width": 32}, {}],
    ["test_resnet", 32, {}, {"global_pool": "catavgmax"}],
    ["test_vit", 48, {"img_size": 48, "patch_size": 12, "depth": 2, "act_layer": "silu"}, {}],
    ["test_vit", 32, {"img_size": 32, "depth": 2, "num_heads": 4, "mlp_ratio": 2.5}, {"global_pool": "avg"}],
    ["test_efficientnet", 64, {"act_layer": "relu"}, {}],
    ["convnext_atto", 64, {"depths": [1, 2, 1, 1], "dims": [8, 16, 24, 32], "act_layer": "silu", "conv_mlp": False}, {}],
    ["test_efficientnet", 64, {}, {"bn_eps": 0.1, "global_pool": "avgmax"}],
]


def write(name, side, kwargs, options):
    model = timm.create_model(name, num_classes=CLASSES, **kwargs, **options)
    golden.fill(SALT, model)
    x = torch.from_numpy(golden.values(SALT, "input", (2, 3, side, side)) * 64).float()
    model.eval()
    logits = model(x).detach()
    model.train()
    loss = functional.cross_entropy(model(x), torch.tensor([1, 3]))
    loss.backward()
    norms = {key: golden.rounded(value.grad.norm().item()) for key, value in model.named_parameters()}
    keys = list(norms)
    return {
        "model": name,
        "side": side,
        "kwargs": kwargs,
        "options": options,
        "parameters": sum(value.numel() for value in model.parameters()),
        "tensors": len(model.state_dict()),
        "logits": [[golden.rounded(one) for one in row] for row in logits.tolist()],
        "loss": golden.rounded(loss.item()),
        "gradNorms": {key: norms[key] for key in [keys[0], keys[len(keys) // 2], keys[-2]]},
    }


def write_splits():
    model = convert_splitbn_model(timm.create_model("test_resnet", num_classes=CLASSES), 3)
    golden.fill(SALT, model)
    x = torch.from_numpy(golden.values(SALT, "input", (6, 3, 32, 32)) * 64).float()
    model.train()
    loss = JsdCrossEntropy(num_splits=3, smoothing=0.1)(model(x), torch.tensor([1, 3] * 3))
    loss.backward()
    keys = ["conv1.0.weight", "bn1.weight", "bn1.aux_bn.0.weight", "bn1.aux_bn.1.bias", "layer3.0.bn2.aux_bn.0.bias", "fc.weight"]
    gradients = dict(model.named_parameters())
    model.eval()
    return {
        "names": list(model.state_dict()),
        "parameters": [key for key, _ in model.named_parameters()],
        "loss": golden.rounded(loss.item()),
        "gradNorms": {key: golden.rounded(gradients[key].grad.norm().item()) for key in keys},
        "runningMeans": {
            f"{key}.running_mean": golden.fingerprint(model.state_dict()[f"{key}.running_mean"], 3)
            for key in ["bn1", "bn1.aux_bn.0", "bn1.aux_bn.1"]
        },
        "logits": [golden.rounded(one) for one in model(x[:1]).detach().flatten().tolist()],
    }


if __name__ == "__main__":
    rows = [json.dumps(write(*case)) for case in CASES]
    target = pathlib.Path(__file__).parent / "models.json"
    target.write_text("[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]\n")
    (pathlib.Path(__file__).parent / "splits.json").write_text(json.dumps(write_splits(), indent=2) + "\n")
