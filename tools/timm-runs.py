"""Writes test/golden/timm/runs: runs of a very small model that timm's train.py made, stopped before their end.

    TSIMM_TIMM=/path/to/pytorch-image-models /usr/bin/python3 tools/timm-runs.py

Run in the root of the repository, after npm run build, with PyTorch 1.13 as Debian has it. A folder a run: last.pth.tar,
args.yaml and summary.csv as timm left them after four of eight epochs, and whole.csv, the summary of the same run not
stopped. In handed-over, tsimm trained the first four epochs and all of whole.csv, and timm two.
"""
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

RUNNER = Path("test/pytorch/run-timm.py").resolve()
TSIMM = Path("packages/tsimm/bin/tsimm.js").resolve()
FOLDER = Path("test/golden/timm/runs").resolve()
SIDE = 16
MODEL = f"--model test_vit --num-classes 3 --img-size {SIDE} --model-kwargs patch_size=4 embed_dim=8 depth=1 num_heads=2 mlp_ratio=1 img_size={SIDE}"
COMMON = f"--data-dir photos {MODEL} -b 24 -j 1 --no-aug --smoothing 0 --device cpu --epochs 8"
RUNS = {
    "sgd": "--opt sgd --lr 0.8 --sched step --decay-epochs 2 --decay-rate 0.5 --warmup-epochs 0 --lr-noise 0.3 0.9",
    "adamw": "--opt adamw --lr 0.03 --warmup-epochs 6 --warmup-lr 0.01 --model-ema --model-ema-decay 0.6",
    "lamb": "--opt lamb --lr 0.2 --weight-decay 0.05 --warmup-epochs 0 --layer-decay 0.7 --sched-on-updates",
    "lookahead_adamw": "--opt lookahead_adamw --lr 0.02 --sched plateau --patience-epochs 0 --decay-rate 0.5 --warmup-epochs 0",
}


HANDED_OVER = "--opt nadamw --lr 0.1 --seed 5 --warmup-epochs 2 --warmup-lr 0.01 --sched plateau --eval-metric loss --patience-epochs 0 --decay-rate 0.5 --model-ema --model-ema-decay 0.2"


def photos(folder):
    """The images of test/timm-photos.fixture.ts."""
    count = 0
    for split, images in {"train": 8, "validation": 4}.items():
        for bright, name in enumerate(["blue", "green", "red"]):
            (folder / split / name).mkdir(parents=True)
            for image in range(images):
                noise = [(i * 2654435761 & 0xFFFFFFFF) >> 24 for i in range(count, count + SIDE * SIDE * 3)]
                count += len(noise)
                pixels = bytes((value >> 1) + (60 if i % 3 == bright else 0) for i, value in enumerate(noise))
                Image.frombytes("RGB", (SIDE, SIDE), pixels).save(folder / split / name / f"{image}.png")


def train(place, experiment, flags, stop_after):
    command = [sys.executable, str(RUNNER), *flags, "--output", "out", "--experiment", experiment]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TSIMM_STOP_AFTER": str(stop_after)}
    subprocess.run(command, cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)
    return place / "out" / experiment


def tsimm(place, words):
    done = subprocess.run(["node", str(TSIMM), *words], cwd=place, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def handed_over(place):
    """The run of tsimm, and what timm made of its first half."""
    flags = [*COMMON.split(), *HANDED_OVER.split()]
    at = flags.index("--device")
    del flags[at : at + 2]
    tsimm(place, ["train", *flags, "--output", "out", "--experiment", "begun"])
    whole, half = place / "out" / "begun", place / "out" / "half"
    half.mkdir()
    for file in ["args.yaml", "classes.txt", "checkpoint-3.safetensors", "checkpoint-3.ema.safetensors", "checkpoint-3.resume.safetensors"]:
        (half / file).write_bytes((whole / file).read_bytes())
    command = tsimm(place, ["handoff", str(half), "--gpus", "0"]).replace("\\\n", "").replace(f"{place}/", "")
    _python, _script, *words = shlex.split(command)
    return whole, train(place, "handed-over", words, 6)


def keep(name, stopped, whole):
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    for file in ["last.pth.tar", "args.yaml", "summary.csv"]:
        (FOLDER / name / file).write_bytes((stopped / file).read_bytes())
    (FOLDER / name / "whole.csv").write_bytes((whole / "summary.csv").read_bytes())


with tempfile.TemporaryDirectory() as temporary:
    place = Path(temporary)
    photos(place / "photos")
    for name, flags in RUNS.items():
        words = [*COMMON.split(), "--checkpoint-hist", "1", *flags.split()]
        keep(name, train(place, name, words, 4), train(place, f"{name}-whole", words, 8))
    whole, stopped = handed_over(place)
    keep("handed-over", stopped, whole)
