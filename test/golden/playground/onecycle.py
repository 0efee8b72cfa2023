# timm has no schedule "onecycle": this is its formula.

import math

base = 0.1
t_initial = 147
pct_start = 0.3
div_factor = 25
final_div_factor = 1e4


def schedule(t):
    peak_t = pct_start * t_initial
    start = base / div_factor
    end = start / final_div_factor
    if t == peak_t:
        return base
    first, last, x = (start, base, t / peak_t) if t < peak_t else (
        base, end, min((t - peak_t) / (t_initial - peak_t), 1)
    )
    return last + (first - last) * (1 + math.cos(math.pi * x)) / 2


def rate(t):
    return schedule(t)


for t in range(21 * 7):
    lr = rate(t)  # set it before update t
    print(t, lr)
