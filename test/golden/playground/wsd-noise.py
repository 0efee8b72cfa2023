# timm has no schedule "wsd": this is its formula.

import torch  # its random numbers

base = 0.1
t_initial = 20
decay_t = 6
lr_min = 0
warmup_t = 4
warmup_lr_init = 1e-5
noise_from, noise_to = 2, 18
noise_pct = 0.67
noise_std = 0.1
noise_seed = 42


def schedule(t):
    if t <= t_initial - decay_t:
        return base
    x = min((t - (t_initial - decay_t)) / decay_t, 1)
    return lr_min + (base - lr_min) * (1 - x)


def noise(t):
    if t == 0 or not noise_from <= t < noise_to:
        return 0
    generator = torch.Generator()
    generator.manual_seed(noise_seed + t)
    while True:
        draw = noise_std * torch.randn(1, generator=generator).item()
        if abs(draw) < noise_pct:
            return draw


def rate(t):
    if t < warmup_t:
        value = warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    else:
        value = schedule(t)
    return value + value * noise(t)


for t in range(20):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
