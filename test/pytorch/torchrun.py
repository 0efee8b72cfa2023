"""Stands in for torchrun, which Debian's PyTorch 1.13 has but cannot start: starts the processes of one node.

    python3 torchrun.py [--nnodes 1] --nproc_per_node N train.py FLAGS…

The script is timm's train.py, run by run-timm.py beside this file.
"""
import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser(prog="torchrun")
parser.add_argument("--nnodes", default="1")
parser.add_argument("--nproc_per_node", "--nproc-per-node", type=int, default=1)
parser.add_argument("--standalone", action="store_true")
parser.add_argument("script")
parser.add_argument("flags", nargs=argparse.REMAINDER)
args = parser.parse_args()
if args.nnodes != "1" or Path(args.script).name != "train.py":
    parser.error(f"one node and train.py, got {args.nnodes} and {args.script}")

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]

processes = []
for rank in range(args.nproc_per_node):
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": args.nproc_per_node, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **{name: str(value) for name, value in place.items()}}
    command = [sys.executable, str(Path(__file__).with_name("run-timm.py")), *args.flags]
    processes.append(subprocess.Popen(command, env=environment))
# Where one fails, the others would wait for it.
while (codes := [process.poll() for process in processes]) and None in codes and not any(codes):
    time.sleep(0.05)
for process in processes:
    if any(codes):
        process.terminate()
    process.wait()
sys.exit(1 if any(codes) else 0)
