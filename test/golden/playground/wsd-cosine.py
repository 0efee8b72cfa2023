# timm has no schedule "wsd": this is its formula.

import math

base = 0.1
t_initial = 20
decay_t = 9
lr_min = 1e-4
warmup_t = 5
warmup_lr_init = 1e-5


def schedule(t):
    if t <= t_initial - decay_t:
        return base
    x = min((t - (t_initial - decay_t)) / decay_t, 1)
    return lr_min + (base - lr_min) * (1 + math.cos(math.pi * x)) / 2


def rate(t):
    if t < warmup_t:
        return warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    return schedule(t)


for t in range(20):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
