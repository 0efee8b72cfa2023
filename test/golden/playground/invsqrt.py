# timm has no schedule "invsqrt": this is its formula.

import math

base = 0.1
timescale_t = 28
warmup_t = 28
warmup_lr_init = 1e-5


def schedule(t):
    return base * math.sqrt(timescale_t / (timescale_t + t))


def rate(t):
    if t < warmup_t:
        return warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    return schedule(t - warmup_t)


for t in range(20 * 7):
    lr = rate(t)  # set it before update t
    print(t, lr)
