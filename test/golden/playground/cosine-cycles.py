import torch
from timm.scheduler import CosineLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = CosineLRScheduler(
    optimizer,
    t_initial=10,
    lr_min=1e-4,
    cycle_decay=0.6,
    cycle_limit=3,
    warmup_t=2,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    k_decay=1.5,
)

for epoch in range(34):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
