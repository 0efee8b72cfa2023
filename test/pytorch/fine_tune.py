"""Exports torchvision's networks, gives them a head of three classes, and trains that here.

Usage: fine_tune.py FOLDER NAME...
Writes NAME.onnx with 1000 classes, and NAME.json: weight and bias of the new head, images, losses of two steps of SGD,
of each parameter's first gradient the norm and the sum weighted by cos(i).
"""
import json
import sys
import warnings

import torch
import torchvision

warnings.filterwarnings("ignore")
folder, *names = sys.argv[1:]
torch.set_num_threads(1)


def tiny_vit():
    return torchvision.models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=64
    )


def head_of(net):
    """The module that holds the last layer, and its name there."""
    if hasattr(net, "heads"):
        return net.heads, "head"
    if hasattr(net, "classifier"):
        return net.classifier, "1"
    return net, "fc" if hasattr(net, "fc") else "head"


for name in names:
    torch.manual_seed(1)
    net = (tiny_vit() if name == "tiny_vit" else getattr(torchvision.models, name)(weights=None)).eval()
    with torch.no_grad():
        # As if trained: the last layer of a fresh vision transformer is 0.
        for tensor in net.state_dict().values():
            if tensor.dtype == torch.float32 and tensor.dim() <= 1:
                tensor += 0.1 * torch.rand_like(tensor)
    images = torch.randn(2, 3, 32, 32)
    torch.onnx.export(
        net, images, f"{folder}/{name}.onnx", opset_version=14, training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False, input_names=["images"], output_names=["scores"],
        dynamic_axes={"images": {0: "n"}, "scores": {0: "n"}},
    )
    owner, key = head_of(net)
    old = owner._modules[key]
    head = torch.nn.Linear(old.in_features, 3)
    owner._modules[key] = head
    start = [head.weight.flatten().tolist(), head.bias.tolist()]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    losses, gradients = [], {}
    for step in range(2):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(images), torch.tensor([0, 2]))
        loss.backward()
        if step == 0:
            for parameter, tensor in net.named_parameters():
                grad = (torch.zeros_like(tensor) if tensor.grad is None else tensor.grad).flatten().double()
                weights = torch.cos(torch.arange(len(grad), dtype=torch.float64))
                gradients[parameter] = [grad.norm().item(), (grad * weights).sum().item()]
        optimizer.step()
        losses.append(loss.item())
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(
            {"head": start, "images": images.flatten().tolist(), "losses": losses, "gradients": gradients}, file
        )
