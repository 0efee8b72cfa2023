"""One training step of PyTorch per line of standard input; answers wall and processor time in ms, peak memory in MB."""

import resource
import sys
import time

import torch
import torchvision

TORCHVISION = {"mobilenetv3_large_100": "mobilenet_v3_large", "mobilenetv3_small_100": "mobilenet_v3_small"}


def create(name):
    """timm's network where timm can be imported, without drop path; torchvision's otherwise."""
    try:
        import timm
    except ImportError:
        return getattr(torchvision.models, TORCHVISION.get(name, name))(num_classes=1000)
    options = {} if name.startswith(("densenet", "vgg")) else {"drop_path_rate": 0.0}
    return timm.create_model(name, **options)


name, batch_size, size, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
model = create(name).train()
images = torch.rand(batch_size, 3, size, size) * 2 - 1
labels = torch.arange(batch_size) * 37 % 1000
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)
for _ in sys.stdin:
    wall, processor = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    criterion(model(images), labels).backward()
    optimizer.step()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(1e3 * wall, 1e3 * processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
