import torch
from timm.scheduler import PlateauLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = PlateauLRScheduler(optimizer, patience_t=3, warmup_t=2, warmup_lr_init=1e-5)

# The metric of each epoch: yours, from validation.
metrics = [0]

for epoch in range(30):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1, metrics[min(epoch, len(metrics) - 1)])
