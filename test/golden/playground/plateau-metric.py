import torch
from timm.scheduler import PlateauLRScheduler

optimizer = torch.optim.SGD(
    [
        {"params": [torch.nn.Parameter(torch.zeros(1))]},
        {"params": [torch.nn.Parameter(torch.zeros(1))], "lr_scale": 0.5},
    ],
    lr=0.1,
)
scheduler = PlateauLRScheduler(
    optimizer,
    decay_rate=0.3,
    patience_t=2,
    threshold=1e-3,
    cooldown_t=2,
    lr_min=1e-4,
    warmup_t=5,
    warmup_lr_init=1e-5,
)

# The metric of each epoch: yours, from validation.
metrics = [
    50, 53, 56, 59, 62, 65, 68, 71, 71.05, 70.5, 71.3, 71.2, 71.1, 71.3, 71.4, 71.4, 71.2, 71, 72.5,
    72.4, 72.3, 72.2, 72.1, 72,
]

for epoch in range(26):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1, metrics[min(epoch, len(metrics) - 1)])
