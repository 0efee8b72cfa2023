"""timm's training transform with Pillow for compare.mjs: answers each line, a kind of work, by the processor seconds of one pass.

Arguments: a checkout of timm, a policy, the size of the result, then paths of images.
"""

import io
import random
import sys
import time

import numpy
import PIL
import torch
from PIL import Image, features

sys.path.insert(0, sys.argv[1])
import timm  # noqa: E402
from timm.data import create_transform  # noqa: E402

torch.set_num_threads(1)
for seed in [random.seed, numpy.random.seed, torch.manual_seed]:
    seed(1)
files = [open(path, "rb").read() for path in sys.argv[4:]]

# As in timm's loader, which makes uint8 tensors and normalizes batches.
transform = create_transform(
    int(sys.argv[3]), is_training=True, use_prefetcher=True, auto_augment=sys.argv[2], interpolation="random"
)


def decode(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


images = [decode(data) for data in files]
each = {
    "decode": lambda i: decode(files[i]),
    "transform": lambda i: transform(images[i]),
    "both": lambda i: transform(decode(files[i])),
}
turbo = features.version("libjpeg_turbo")
print(f"Pillow {PIL.__version__} with libjpeg-turbo {turbo}, timm {timm.__version__}", flush=True)
for line in sys.stdin:
    work = each[line.strip()]
    start = time.process_time()
    for i in range(len(files)):
        work(i)
    print(time.process_time() - start, flush=True)
