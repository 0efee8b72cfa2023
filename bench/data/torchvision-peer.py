"""Pillow and torchvision for compare.mjs: answers each line, a kind of work, by the processor seconds of one pass.

Arguments: the size of the result, then paths of images.
"""

import io
import random
import sys
import time

import numpy
import PIL
import torch
import torchvision
from PIL import Image, features
from torchvision import transforms
from torchvision.transforms import InterpolationMode, functional

torch.set_num_threads(1)
size = int(sys.argv[1])
files = [open(path, "rb").read() for path in sys.argv[2:]]


class RandomResizedCropAndInterpolation:
    """timm's: torchvision's crop with one of two interpolations, drawn for each image."""

    modes = (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)

    def __call__(self, image):
        box = transforms.RandomResizedCrop.get_params(image, (0.08, 1.0), (3 / 4, 4 / 3))
        return functional.resized_crop(image, *box, (size, size), random.choice(self.modes))


# timm's training transform; its loader makes uint8 arrays and normalizes batches.
transform = transforms.Compose(
    [
        RandomResizedCropAndInterpolation(),
        transforms.RandomHorizontalFlip(0.5),
        transforms.ColorJitter(0.4, 0.4, 0.4),
        lambda image: numpy.array(image, dtype=numpy.uint8),
    ]
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
print(f"Pillow {PIL.__version__} with libjpeg-turbo {turbo}, torchvision {torchvision.__version__}", flush=True)
for line in sys.stdin:
    work = each[line.strip()]
    start = time.process_time()
    for i in range(len(files)):
        work(i)
    print(time.process_time() - start, flush=True)
