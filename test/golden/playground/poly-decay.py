import torch
from timm.scheduler import PolyLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = PolyLRScheduler(
    optimizer,
    t_initial=25,
    cycle_decay=0.5,
    cycle_limit=2,
    power=0.1,
    k_decay=2,
)

for epoch in range(50):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
