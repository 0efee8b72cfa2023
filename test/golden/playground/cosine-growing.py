import torch
from timm.scheduler import CosineLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
# timm restarts cycles of unequal length one t late at some t, by a rounded logarithm.
scheduler = CosineLRScheduler(optimizer, t_initial=5, cycle_mul=2, cycle_decay=0.5, cycle_limit=3)

for epoch in range(35):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
