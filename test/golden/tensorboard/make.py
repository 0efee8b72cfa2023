"""Writes scalars.json: an event file made by TensorBoard's own messages and record writer.

Needs the Python package tensorboard. Run in this folder: python3 make.py
"""
import base64
import io
import json

from tensorboard import version
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

SECONDS = 1700000000.25
PURGE_STEP = 12
# Numbers as text: JSON has no NaN.
SCALARS = [
    ("train/loss", "0.1", 12, 1700000001.5),
    ("train/loss", "0", 13, 1700000002.0),
    ("train/lr", "1e-7", 13, 1700000002.0),
    ("train/grad_norm", "Infinity", 14, 1700000003.0),
    ("train/grad_norm", "-Infinity", 15, 1700000003.0),
    ("train/loss", "NaN", 0, 0.0),
    ("train/loss", "-0.0", 2**40, 1700000004.125),
    ("eval/a metric: 100 % größer, 猫 🐈", "12345.678", 2**53 - 1, 1700000004.125),
]

written = io.BytesIO()
writer = RecordWriter(written)


def add(**event):
    writer.write(event_pb2.Event(**event).SerializeToString())


add(wall_time=SECONDS, file_version="brain.Event:2")
for _ in range(2):
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    add(wall_time=SECONDS, step=PURGE_STEP, session_log=start)
for tag, value, step, wall_time in SCALARS:
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=float(value))])
    add(wall_time=wall_time, step=step, summary=summary)

with open("scalars.json", "w", encoding="utf-8") as file:
    golden = {
        "tensorboard": version.VERSION,
        "seconds": SECONDS,
        "purgeStep": PURGE_STEP,
        "scalars": SCALARS,
        "file": base64.b64encode(written.getvalue()).decode(),
    }
    file.write(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")
