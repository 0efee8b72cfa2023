"""Fine-tuning in PyTorch: one step, or a run to an accuracy, per line of standard input.

Arguments: folder (weights.bin, weights.json, images.bin, labels.bin), model, classes, size, batch size, threads. Answers:
  step KIND          -> wall ms, processor ms, peak memory in MB
  evaluate           -> the same of one forward pass in evaluation mode
  run KIND LR EPOCHS TARGET -> seconds until the accuracy of the validation images, epochs, the accuracy
KIND: full, batchnorm, stages (the stem and two stages), backbone.
"""

import json
import pathlib
import re
import sys
import time

import numpy
import torch
import torchvision
from torch import nn

folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
classes, size, batch_size, threads = map(int, sys.argv[3:7])
torch.set_num_threads(threads)
criterion = nn.CrossEntropyLoss()


def new_model():
    model = getattr(torchvision.models, name)(num_classes=classes)
    values = numpy.fromfile(folder / "weights.bin", dtype=numpy.float32)
    state, at = {}, 0
    for key, shape in json.loads((folder / "weights.json").read_text()):
        count = int(numpy.prod(shape, dtype=int))
        state[key] = torch.from_numpy(values[at : at + count].reshape(shape).copy())
        at += count
    left = model.load_state_dict(state, strict=False)
    assert not left.unexpected_keys and all(k.endswith("num_batches_tracked") for k in left.missing_keys), left
    return model


def freeze(model, kind):
    model.train()
    if kind == "full":
        return model
    if kind == "batchnorm":
        frozen = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    elif kind == "stages":
        frozen = [model.conv1, model.bn1, model.layer1, model.layer2]
    else:
        frozen = [m for n, m in model.named_children() if n != "fc"]
    for module in frozen:
        module.requires_grad_(False)
        module.eval()
    return model


def optimizer_of(model, lr):
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr, momentum=0.9, nesterov=True)


def load(split):
    shape = json.loads((folder / f"{split}.json").read_text())
    images = numpy.fromfile(folder / f"{split}-images.bin", dtype=numpy.float32).reshape(shape)
    return torch.from_numpy(images), torch.from_numpy(numpy.fromfile(folder / f"{split}-labels.bin", dtype=numpy.int64))


def accuracy(model, images, labels):
    was = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        right = sum(
            (model(images[i : i + batch_size]).argmax(1) == labels[i : i + batch_size]).sum().item()
            for i in range(0, len(images), batch_size)
        )
    for module, training in was:
        module.training = training
    return 100 * right / len(images)


steps = {}


def step(kind):
    if kind not in steps:
        model = freeze(new_model(), kind)
        steps[kind] = (model, optimizer_of(model, 0.001))
    model, optimizer = steps[kind]
    optimizer.zero_grad(set_to_none=True)
    criterion(model(batch), targets).backward()
    optimizer.step()


def evaluate():
    if "evaluate" not in steps:
        steps["evaluate"] = new_model().eval()
    with torch.no_grad():
        steps["evaluate"](batch)


def run(kind, lr, epochs, target):
    order = numpy.fromfile(folder / "order.bin", dtype=numpy.int32).reshape(-1, len(train[0]))
    model = freeze(new_model(), kind)
    optimizer = optimizer_of(model, lr)
    seconds = 0.0
    for epoch in range(epochs):
        start = time.perf_counter()
        for i in range(0, len(train[0]) // batch_size * batch_size, batch_size):
            chosen = order[epoch, i : i + batch_size]
            optimizer.zero_grad(set_to_none=True)
            criterion(model(train[0][chosen]), train[1][chosen]).backward()
            optimizer.step()
        seconds += time.perf_counter() - start
        top1 = accuracy(model, *validation)
        if top1 >= target:
            break
    return seconds, epoch + 1, top1


batch = torch.sin(0.1 * torch.arange(batch_size * 3 * size * size)).reshape(batch_size, 3, size, size)
targets = torch.arange(batch_size) % classes
def peak_memory():
    """MB; Linux begins getrusage's with that of the parent."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


train, validation = load("train"), load("validation")
for line in sys.stdin:
    command, *args = line.split()
    wall, processor = time.perf_counter(), time.process_time()
    if command == "run":
        print(*run(args[0], float(args[1]), int(args[2]), float(args[3])), flush=True)
        continue
    step(args[0]) if command == "step" else evaluate()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(1e3 * wall, 1e3 * processor, peak_memory(), flush=True)
