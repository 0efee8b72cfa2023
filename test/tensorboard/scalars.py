"""Prints what TensorBoard reads in a folder: {"<tag>": [[step, value as text, wall time], ...]}."""
import json
import sys

from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

run = EventAccumulator(sys.argv[1])
run.Reload()
print(
    json.dumps(
        {
            tag: [[e.step, str(make_ndarray(e.tensor_proto).item()), e.wall_time] for e in run.Tensors(tag)]
            for tag in run.Tags()["tensors"]
        }
    )
)
