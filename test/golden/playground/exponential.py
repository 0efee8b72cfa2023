# timm has no schedule "exponential": this is its formula.

base = 0.1
decay_rate = 0.8
decay_t = 1
lr_min = 2e-3
warmup_t = 5
warmup_lr_init = 1e-5


def schedule(t):
    return max(lr_min, base * decay_rate ** (t / decay_t))


def rate(t):
    if t < warmup_t:
        return warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    return schedule(t)


for t in range(20):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
