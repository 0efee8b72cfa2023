import torch
from timm.scheduler import TanhLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = TanhLRScheduler(
    optimizer,
    t_initial=25,
    lr_min=1e-6,
    cycle_decay=0.5,
    cycle_limit=2,
    warmup_t=3,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    noise_range_t=30,
)

for epoch in range(50):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
