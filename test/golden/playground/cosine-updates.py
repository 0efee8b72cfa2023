import torch
from timm.scheduler import CosineLRScheduler

optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
scheduler = CosineLRScheduler(
    optimizer,
    t_initial=78,
    lr_min=1e-6,
    warmup_t=65,
    warmup_lr_init=1e-5,
    warmup_prefix=False,
    noise_range_t=[26, 65],
    t_in_epochs=False,
)

for num_updates in range(6 * 13):
    # train on a batch with these rates
    print(num_updates, *[group["lr"] for group in optimizer.param_groups])
    scheduler.step_update(num_updates + 1)
