import torch
from timm.scheduler import PlateauLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = PlateauLRScheduler(
    optimizer,
    patience_t=1,
    mode="min",
    warmup_t=5,
    warmup_lr_init=1e-5,
    noise_range_t=[8, 20],
)

# The metric of each epoch: yours, from validation.
metrics = [
    5, 4.7, 4.4, 4.1, 3.8, 3.5, 3.2, 2.9, 2.8950000000000005, 2.95, 2.87, 2.88, 2.8900000000000006,
    2.87, 2.8599999999999994, 2.8599999999999994, 2.88, 2.9, 2.75, 2.7599999999999993,
    2.7700000000000005, 2.78, 2.7900000000000005, 2.8,
]

for epoch in range(24):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1, metrics[min(epoch, len(metrics) - 1)])
