import torch
from timm.scheduler import StepLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=4e-3)
scheduler = StepLRScheduler(
    optimizer,
    decay_t=2.4,
    decay_rate=0.97,
    warmup_t=5,
    warmup_lr_init=1e-5,
    warmup_prefix=True,
)

for epoch in range(25):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
