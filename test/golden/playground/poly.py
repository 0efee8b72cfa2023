import torch
from timm.scheduler import PolyLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = PolyLRScheduler(
    optimizer,
    t_initial=25,
    lr_min=1e-4,
    warmup_t=5,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    power=0.9,
)

for epoch in range(27):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
