import torch
from timm.scheduler import StepLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = StepLRScheduler(
    optimizer,
    decay_t=90,
    decay_rate=0.1,
    warmup_t=5,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
)

for epoch in range(300):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
