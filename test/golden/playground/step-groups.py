import torch
from timm.scheduler import StepLRScheduler

optimizer = torch.optim.SGD(
    [
        {"params": [torch.nn.Parameter(torch.zeros(1))]},
        {"params": [torch.nn.Parameter(torch.zeros(1))], "lr_scale": 0.1},
        {"params": [torch.nn.Parameter(torch.zeros(1))], "lr_scale": 0.03},
    ],
    lr=0.1,
)
scheduler = StepLRScheduler(
    optimizer,
    decay_t=4,
    decay_rate=0.1,
    warmup_t=2,
    warmup_lr_init=1e-3,
    warmup_prefix=False,
)

for epoch in range(12):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
