"""Times timm's schedulers: a case's name in, the seconds of each of its chunks out, one line each.

    timm-peer.py CHECKOUT SECONDS
"""
import sys
import time
import types

checkout, budget = sys.argv[1], float(sys.argv[2])
# The package itself would load every model, and ask for torchvision.
package = types.ModuleType("timm")
package.__path__ = [f"{checkout}/timm"]
sys.modules["timm"] = package

import torch  # noqa: E402
from timm.scheduler import (  # noqa: E402
    CosineLRScheduler,
    PolyLRScheduler,
    StepLRScheduler,
    TanhLRScheduler,
)

STEP = {"decay_t": 30, "decay_rate": 0.1, "warmup_t": 5, "warmup_prefix": False}
POINTS = 1_000_000


def optimizer(groups):
    params = [{"params": [torch.nn.Parameter(torch.zeros(1))]} for _ in range(groups)]
    return torch.optim.SGD(params, lr=0.1)


def steps(groups, **noise):
    target = optimizer(groups)
    scheduler = StepLRScheduler(target, **STEP, **noise)

    def run():
        for t in range(300):
            scheduler.step(t)
            [group["lr"] for group in target.param_groups]

    return run


def points(scheduler_class, **options):
    scheduler = scheduler_class(optimizer(1), **options)
    return lambda: [scheduler._get_values(t)[0] for t in range(POINTS)]


CASES = {
    "step: 1 group": lambda: steps(1),
    "step: 100 groups": lambda: steps(100),
    "step: noise at every t": lambda: steps(1, noise_range_t=0),
    "step: noise, pct 0.1": lambda: steps(1, noise_range_t=0, noise_pct=0.1),
    "points: step": lambda: points(StepLRScheduler, **{**STEP, "decay_t": 30_000, "warmup_t": 5_000}),
    "points: cosine": lambda: points(CosineLRScheduler, t_initial=POINTS),
    "points: tanh": lambda: points(TanhLRScheduler, t_initial=POINTS),
    "points: poly": lambda: points(PolyLRScheduler, t_initial=POINTS),
    "points: poly, power 0.9": lambda: points(PolyLRScheduler, t_initial=POINTS, power=0.9),
}
ready = {}

print("ready", flush=True)
for line in sys.stdin:
    name = line.strip()
    run = ready.get(name) or CASES[name]()
    ready[name] = run
    seconds = []
    while sum(seconds) < budget:
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    print(" ".join(map(str, seconds)), flush=True)
