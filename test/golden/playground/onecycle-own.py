# timm has no schedule "onecycle": this is its formula.

base = 0.1
t_initial = 20
pct_start = 0.25
div_factor = 10
final_div_factor = 100


def schedule(t):
    peak_t = pct_start * t_initial
    start = base / div_factor
    end = start / final_div_factor
    if t == peak_t:
        return base
    first, last, x = (start, base, t / peak_t) if t < peak_t else (
        base, end, min((t - peak_t) / (t_initial - peak_t), 1)
    )
    return last + (first - last) * (1 - x)


def rate(t):
    return schedule(t)


for t in range(20):
    lr = rate(t)  # set it before epoch t
    print(t, lr)
