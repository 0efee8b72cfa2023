import torch
from timm.scheduler import StepLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = StepLRScheduler(
    optimizer,
    decay_t=8,
    decay_rate=0.5,
    warmup_t=3,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
)

for epoch in range(30):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
