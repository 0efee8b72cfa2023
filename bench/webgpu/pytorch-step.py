"""Times whole updates of models in PyTorch on a GPU: bytes of images up, forward, backward, SGD with Nesterov momentum.

    python3 bench/webgpu/pytorch-step.py 64 224 10
    python3 bench/webgpu/pytorch-step.py 64 224 10 tf32
"""

import json
import sys
import time

import torch
import torchvision
from torchvision.models.vision_transformer import VisionTransformer

batch, size, rounds = map(int, sys.argv[1:4])
tf32 = sys.argv[4:] == ["tf32"]
torch.backends.cuda.matmul.allow_tf32 = tf32
torch.backends.cudnn.allow_tf32 = tf32
torch.backends.cudnn.benchmark = True


def vit_tiny():
    return VisionTransformer(
        image_size=size, patch_size=16, num_layers=12, num_heads=3, hidden_dim=192, mlp_dim=768
    )


models = {
    "resnet18": torchvision.models.resnet18,
    "resnet50": torchvision.models.resnet50,
    "vit_tiny": vit_tiny,
    "mobilenetv3_large": torchvision.models.mobilenet_v3_large,
}
images = torch.randint(0, 256, (batch, size, size, 3), dtype=torch.uint8)
targets = torch.zeros(batch, 1000)
targets[torch.arange(batch), torch.arange(batch) * 37 % 1000] = 1
for name, create in models.items():
    model = create().cuda().train()
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True)
    times = []
    for step in range(rounds + 3):
        start = time.perf_counter()
        x = (images.cuda().permute(0, 3, 1, 2).float() / 255 - 0.45) / 0.22
        loss = torch.nn.functional.cross_entropy(model(x), targets.cuda())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        # The first rounds choose kernels.
        if step >= 3:
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print(
        json.dumps(
            {
                "name": "PyTorch",
                "device": torch.cuda.get_device_name(),
                "model": name,
                "batchSize": batch,
                "size": size,
                "tf32": tf32,
                "minMs": float(f"{times[0]:.1f}"),
                "medianMs": float(f"{times[len(times) // 2]:.1f}"),
            }
        )
    )
