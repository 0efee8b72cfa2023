import torch
from timm.scheduler import MultiStepLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = MultiStepLRScheduler(optimizer, decay_t=[10, 20, 25], decay_rate=0.2)

for epoch in range(30):
    # train an epoch with these rates
    print(epoch, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step(epoch + 1)
