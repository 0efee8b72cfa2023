"""Losses and metrics of the tasks in PyTorch and scikit-learn, in float64: `python3 test/pytorch/tasks.py`.

The numbers stand in packages/tsimm/src/task/tasks.reference.test.ts. Binary cross-entropy is written as
timm/loss/binary_cross_entropy.py has it.
"""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import average_precision_score, f1_score, mean_absolute_error, r2_score
from sklearn.utils.class_weight import compute_class_weight


def numbers(count, a, m, divisor):
    return np.array([((i * a) % m - m // 2) / divisor for i in range(count)])


def t(values):
    return torch.tensor(values, dtype=torch.float64)


def show(name, values):
    print(name, [float(f"{x:.9g}") for x in np.ravel(np.array(values, dtype=np.float64))])


bce = F.binary_cross_entropy_with_logits

# Classification.
B, C = 6, 7
z = t(numbers(B * C, 37, 101, 16)).view(B, C)
y, partners = torch.tensor([2, 0, 6, 2, 3, 2]), torch.tensor([1, 0, 4, 5, 2, 3])
soft = torch.softmax(t(numbers(B * C, 11, 29, 8)).view(B, C), 1)


def dense(labels, smoothing):
    off = smoothing / C
    return torch.full((B, C), off, dtype=torch.float64).scatter_(1, labels.view(-1, 1), 1 - smoothing + off)


def mixed(smoothing):
    return 0.3 * dense(y, smoothing) + 0.7 * dense(partners, smoothing)


train = [0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 6, 6, 6]
balanced = t(compute_class_weight("balanced", classes=np.arange(C), y=train))
named = t([1, 1, 3.5, 1, 0.5, 1, 1])
show("hard", F.cross_entropy(z, y))
show("smoothed", F.cross_entropy(z, y, label_smoothing=0.1))
show("mixed", F.cross_entropy(z, mixed(0.1)))
show("soft", F.cross_entropy(z, soft))
show("balanced, smoothed", F.cross_entropy(z, dense(y, 0.1), weight=balanced))
show("named weights", F.cross_entropy(z, dense(y, 0), weight=named))
show("bce", bce(z, dense(y, 0.1)))
show("bce, sum", bce(z, dense(y, 0.1), reduction="none").sum(-1).mean())
show("bce, mixed, threshold", bce(z, mixed(0.1).gt(0.31).double()))
show("bce, pos_weight", bce(z, dense(y, 0.1), pos_weight=t(2.0)))
show("bce, named weights", bce(z, dense(y, 0), weight=named))
evaluated = torch.tensor([5, 0, 6, 1, 3, 2])
show("evaluation", F.cross_entropy(z, evaluated))
show("top1", 100 * (z.argmax(1) == evaluated).double().mean())
show("top5", 100 * (z.topk(5, 1).indices == evaluated.view(-1, 1)).any(1).double().mean())
show("soft top1", 100 * (z.argmax(1) == soft.argmax(1)).double().mean())

# Multi-label classification; no image has label 3.
N, L = 40, 5
z = t(numbers(N * L, 7, 23, 4)).view(N, L)
q = t(((np.arange(N * L) * 13) % 17 < 6).astype(float)).view(N, L)
q[:, 3] = 0
training = q.clone()
training[0, 3] = 1
balanced = (N - training.sum(0)) / training.sum(0)
show("multi-label", bce(z, q))
show("multi-label, sum", bce(z, q, reduction="none").sum(-1).mean())
show("multi-label, smoothed", bce(z, 0.8 * q + 0.1))
show("multi-label, balanced", bce(z, q, pos_weight=balanced))
show("multi-label, named", bce(z, q, pos_weight=t([1, 3.0, 1, 1, 0.25])))
found = [label for label in range(L) if q[:, label].sum() > 0]
precisions = [100 * average_precision_score(q[:, label].numpy(), z[:, label].numpy()) for label in found]
show("average precisions", precisions)
show("mAP", np.mean(precisions))
for threshold in (0.5, 0.7):
    predicted = (torch.sigmoid(z) >= threshold).numpy().astype(int)
    show(f"F1 at {threshold}", 100 * f1_score(q.numpy()[:, found], predicted[:, found], average="macro"))

# Regression; the third output never changes.
N, O = 12, 3
z = t(numbers(N * O, 37, 101, 32)).view(N, O)
labels = t(
    numbers(N * O, 29, 97, 1) * np.tile([1.0, 0.125, 0.0], N) + np.tile([1000.0, -3.0, 5.0], N)
).view(N, O)
mean, std = labels.mean(0), labels.std(0, unbiased=False)
std[std == 0] = 1
q = (labels - mean) / std
show("mean", mean)
show("std", std)
show("mse", F.mse_loss(z, q))
show("l1", F.l1_loss(z, q))
show("huber", F.huber_loss(z, q, delta=0.5))
show("mse of raw labels", F.mse_loss(z, labels))
predicted = (z * std + mean).numpy()
show("MAE", mean_absolute_error(labels.numpy(), predicted))
show("MAE of each", mean_absolute_error(labels.numpy(), predicted, multioutput="raw_values"))
show("R2", r2_score(labels.numpy(), predicted))
