import torch
from timm.scheduler import PlateauLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = PlateauLRScheduler(optimizer, patience_t=1, threshold=0.2)
scheduler.lr_scheduler.threshold_mode = "abs"  # no option of timm

# The metric of each epoch: yours, from validation.
metrics = [
    50, 53, 56, 59, 62, 65, 68, 71, 71.05, 70.5, 71.3, 71.2, 71.1, 71.3, 71.4, 71.4, 71.2, 71, 72.5,
    72.4, 72.3, 72.2, 72.1, 72,
]

for epoch in range(24):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1, metrics[min(epoch, len(metrics) - 1)])
