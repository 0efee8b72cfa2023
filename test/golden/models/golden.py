"""Numbers from names, and what a model makes of them: the layout of ../train, written with PyTorch alone."""

import copy
import json
import math
import pathlib

import numpy
import torch
from torch import nn
from torch.nn import functional

SALT = 20270
CLASSES = 10
FOLDER = pathlib.Path(__file__).parent


def fnv1a(name):
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def mix(x):
    x = numpy.asarray(x, dtype=numpy.uint32)
    with numpy.errstate(over="ignore"):
        x = (x ^ (x >> numpy.uint32(16))) * numpy.uint32(0x7FEB352D)
        x = (x ^ (x >> numpy.uint32(15))) * numpy.uint32(0x846CA68B)
        return x ^ (x >> numpy.uint32(16))


def bits(salt, name, length):
    """Random bits that belong to a tensor."""
    key = mix(numpy.uint32(fnv1a(name)) ^ mix(numpy.uint32(salt)))
    with numpy.errstate(over="ignore"):
        return mix(key + numpy.arange(length, dtype=numpy.uint32) * numpy.uint32(0x9E3779B9))


def integers(salt, name, length):
    """Odd integers in [-65535, 65535] that belong to a tensor."""
    return 2 * (bits(salt, name, length) >> numpy.uint32(16)).astype(numpy.int64) - 65535


def values(salt, name, shape):
    """The value of every element of a state tensor, by the rules of ../train/README.md."""
    c = integers(salt, name, math.prod(shape)).astype(numpy.float64).reshape(shape)
    if name.endswith(".bias") or name.endswith(".running_mean"):
        return c * 2.0**-18
    if len(shape) == 1:
        return 1 + c * 2.0**-18
    exponent = 0
    while 6 * 4**exponent < math.prod(shape[1:]):
        exponent += 1
    return c * 2.0 ** -(16 + exponent)


def fill(salt, model):
    state = model.state_dict()
    for name, tensor in state.items():
        if tensor.dtype == torch.int64:
            tensor.zero_()
        else:
            tensor.copy_(torch.from_numpy(values(salt, name, tuple(tensor.shape))))


def fingerprint(tensor, count=5):
    flat = tensor.detach().double().flatten()
    return [rounded(x) for x in [flat.norm().item(), *flat[:count].tolist()]]


def rounded(x):
    return float(f"{x:.10g}")


def step(model, images, labels):
    """Loss, logits and gradients of the mean cross-entropy in training mode."""
    model.train()
    model.zero_grad()
    logits = model(images)
    loss = functional.cross_entropy(logits, labels)
    loss.backward()
    return logits, loss, {name: p.grad.clone() for name, p in model.named_parameters()}


def sensitivity(model, images, labels, gradients):
    """The largest relative change of a gradient tensor under float32 rounding and under noise of its size.

    Gradients that are 0 by algebra, as of a shift that the next batch normalization takes away, do not count.
    """
    largest = max(g.norm() for g in gradients.values())
    gradients = {name: g for name, g in gradients.items() if g.norm() > 1e-9 * largest}
    runs = [step(copy.deepcopy(model).float(), images.float(), labels)[2]]
    for seed in (1, 2):
        torch.manual_seed(seed)
        noisy = copy.deepcopy(model)
        for p in noisy.parameters():
            p.data.mul_(1 + 3e-7 * torch.randn_like(p))
        runs.append(step(noisy, images, labels)[2])
    return max(
        ((run[name].double() - g).norm() / g.norm()).item() for run in runs for name, g in gradients.items()
    )


def one_case(salt, model, shape):
    pixels = integers(salt, "input", math.prod(shape)).astype(numpy.float64)
    images = torch.from_numpy(pixels.reshape(shape) * 2.0**-15)
    labels = torch.from_numpy(bits(salt, "target", shape[0]).astype(numpy.int64) % CLASSES)
    model.eval()
    with torch.no_grad():
        eval_logits = model(images)
    trained = copy.deepcopy(model)
    logits, loss, gradients = step(trained, images, labels)
    norms = {name: m for name, m in trained.named_modules() if isinstance(m, nn.BatchNorm2d)}
    return {
        "input_shape": list(shape),
        "target": labels.tolist(),
        "eval": {
            "logits": [[rounded(x) for x in row] for row in eval_logits.tolist()],
            "loss": rounded(functional.cross_entropy(eval_logits, labels).item()),
        },
        "train": {
            "logits": [[rounded(x) for x in row] for row in logits.tolist()],
            "loss": rounded(loss.item()),
        },
        "grads": {name: fingerprint(g) for name, g in gradients.items()},
        "bn_after_1_forward": {
            name: {
                "running_mean": fingerprint(m.running_mean, 3),
                "running_var": fingerprint(m.running_var, 3),
            }
            for name, m in norms.items()
        },
        "f32_dev": {"grad_sensitivity_max": rounded(sensitivity(model, images, labels, gradients))},
    }


def write(name, create, shapes, salt=SALT):
    """Writes <name>.json: the model's state and what it computes on inputs of these shapes."""
    torch.set_num_threads(1)
    cases = []
    for shape in shapes:
        model = create(shape).double()
        fill(salt, model)
        cases.append(one_case(salt, model, shape))
    state = {k: v for k, v in model.state_dict().items() if v.dtype != torch.int64}
    golden = {
        "model": name,
        "salt": salt,
        "torch": torch.__version__,
        "param_count": sum(p.numel() for p in model.parameters()),
        "param_tensors": len(list(model.parameters())),
        "checks": {
            "state": {
                k: [list(v.shape), int(integers(salt, k, v.numel()).sum())] for k, v in state.items()
            },
            "input_sum_c": {
                "x".join(map(str, shape)): int(integers(salt, "input", math.prod(shape)).sum())
                for shape in shapes
            },
        },
        "cases": cases,
    }
    text = json.dumps(golden, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text.replace('},"', '},\n"').replace('],"', '],\n"') + "\n")
    return model
