# timm has no schedule "linear": this is its formula.

base = 0.1
t_initial = 15
lr_min = 0.0123


def schedule(t):
    return lr_min + (base - lr_min) * (1 - min(t / t_initial, 1))


def rate(t):
    return schedule(t)


for t in range(15):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
