# timm has no schedule "constant": this is its formula.

base = 0.1
warmup_t = 4
warmup_lr_init = 1e-5


def schedule(t):
    return base


def rate(t):
    if t < warmup_t:
        return warmup_lr_init + t * ((base - warmup_lr_init) / warmup_t)
    return schedule(t)


for t in range(12):
    lr = rate(t)  # set it before epoch t
    print(t, lr, lr * 0.25)
