"""Operations of augmentation policies by Pillow: reads a list of cases as JSON, writes the results' bytes in hexadecimal.

A case has the operation, its argument, the resampling filter, the fill, and an image.
"""

import json
import sys

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps


def move(image, matrix, case):
    fill = tuple(case["fill"]) if image.mode == "RGB" else case["fill"][0]
    kernel = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}[case["interpolation"]]
    return image.transform(image.size, Image.AFFINE, matrix, resample=kernel, fillcolor=fill)


def rotate(image, degrees, case):
    fill = tuple(case["fill"]) if image.mode == "RGB" else case["fill"][0]
    kernel = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}[case["interpolation"]]
    return image.rotate(degrees, resample=kernel, fillcolor=fill)


def solarize_add(image, added):
    table = [min(255, level + added) if level < 128 else level for level in range(256)]
    return image.point(table * len(image.getbands()))


operations = {
    "AutoContrast": lambda image, by, case: ImageOps.autocontrast(image),
    "Equalize": lambda image, by, case: ImageOps.equalize(image),
    "Invert": lambda image, by, case: ImageOps.invert(image),
    "Posterize": lambda image, by, case: ImageOps.posterize(image, int(by)),
    "Solarize": lambda image, by, case: ImageOps.solarize(image, by),
    "SolarizeAdd": lambda image, by, case: solarize_add(image, int(by)),
    "Color": lambda image, by, case: ImageEnhance.Color(image).enhance(by),
    "Contrast": lambda image, by, case: ImageEnhance.Contrast(image).enhance(by),
    "Brightness": lambda image, by, case: ImageEnhance.Brightness(image).enhance(by),
    "Sharpness": lambda image, by, case: ImageEnhance.Sharpness(image).enhance(by),
    "GaussianBlur": lambda image, by, case: image.filter(ImageFilter.GaussianBlur(by)),
    "Rotate": rotate,
    "ShearX": lambda image, by, case: move(image, (1, by, 0, 0, 1, 0), case),
    "ShearY": lambda image, by, case: move(image, (1, 0, 0, by, 1, 0), case),
    "TranslateXRel": lambda image, by, case: move(image, (1, 0, by * image.width, 0, 1, 0), case),
    "TranslateYRel": lambda image, by, case: move(image, (1, 0, 0, 0, 1, by * image.height), case),
}

results = []
for case in json.load(open(sys.argv[1])):
    shape = (case["height"], case["width"], case["channels"])
    levels = np.frombuffer(bytes.fromhex(case["data"]), dtype=np.uint8).reshape(shape)
    image = Image.fromarray(levels if shape[2] == 3 else levels[:, :, 0])
    result = operations[case["name"]](image, case["argument"], case)
    results.append(np.asarray(result).tobytes().hex())
print(json.dumps(results))
