import torch
from timm.scheduler import CosineLRScheduler

optimizer = torch.optim.SGD(
    [
        {"params": [torch.nn.Parameter(torch.zeros(1))]},
        {"params": [torch.nn.Parameter(torch.zeros(1))], "lr_scale": 0},
    ],
    lr=0.1,
)
scheduler = CosineLRScheduler(
    optimizer,
    t_initial=30,
    lr_min=1e-5,
    warmup_t=4,
    warmup_lr_init=1e-5,
    warmup_prefix=True,
)

for epoch in range(34):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
