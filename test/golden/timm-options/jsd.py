"""Writes jsd.json: loss and gradient of timm's JsdCrossEntropy.

python3 test/golden/timm-options/jsd.py FOLDER_OF_TIMM, with timm 1.0.29 and PyTorch >= 1.13.
"""

import json
import pathlib
import sys

sys.path.insert(0, sys.argv[1])

import torch  # noqa: E402
from timm.loss import JsdCrossEntropy  # noqa: E402

CASES = [(2, 3, 4, 0.0, 1.0), (3, 2, 5, 0.1, 1.0), (4, 1, 3, 0.1, 30.0)]


def write(splits, samples, classes, smoothing, scale):
    rows = splits * samples
    z = torch.tensor(
        [[round(scale * (((7 * i * classes + 3 * c * c) % 11) / 5 - 1), 4) for c in range(classes)] for i in range(rows)],
        dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([(2 * i) % classes for i in range(samples)] * splits)
    loss = JsdCrossEntropy(num_splits=splits, smoothing=smoothing)(z, labels)
    loss.backward()
    return {"splits": splits, "classes": classes, "smoothing": smoothing, "logits": z.tolist(), "labels": labels.tolist(),
            "loss": loss.item(), "gradient": z.grad.tolist()}


if __name__ == "__main__":
    target = pathlib.Path(__file__).parent / "jsd.json"
    target.write_text("[\n" + ",\n".join(f"  {json.dumps(write(*case))}" for case in CASES) + "\n]\n")
