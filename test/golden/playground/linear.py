# timm has no schedule "linear": this is its formula.

base = 0.1
t_initial = 15
lr_min = 3e-3
warmup_t = 5
warmup_lr_init = 1e-5


def schedule(t):
    return lr_min + (base - lr_min) * (1 - min(t / t_initial, 1))


def rate(t):
    if t < warmup_t:
        return warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    return schedule(t - warmup_t)


for t in range(20):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
