import torch
from timm.scheduler import TanhLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = TanhLRScheduler(
    optimizer,
    t_initial=20,
    warmup_t=2,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    lb=-4.5,
    ub=2,
)

for epoch in range(20):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
