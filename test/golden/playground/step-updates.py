import torch
from timm.scheduler import StepLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = StepLRScheduler(
    optimizer,
    decay_t=17.5,
    decay_rate=0.1,
    warmup_t=7,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    t_in_epochs=False,
)

for num_updates in range(9 * 7):
    # train on a batch with these rates
    print(num_updates, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step_update(num_updates + 1)
