"""Writes test/golden/timm-args: the args.yaml that timm's train.py writes for commands of its documentation.

    TSIMM_TIMM=/path/to/pytorch-image-models /usr/bin/python3 tools/timm-args.py

Run in the root of the repository. Nothing is trained: the files hold what timm's parser makes of the commands.
"""
import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["TSIMM_TIMM"])
import train

FOLDER = Path("test/golden/timm-args")
COMMANDS = {
    # hfdocs/source/training_script.mdx
    "resnet50-jsd": "--data-dir /imagenet -b 64 --model resnet50 --sched cosine --epochs 200 --lr 0.05 --amp --remode pixel --reprob 0.6 --aug-splits 3 --aa rand-m9-mstd0.5-inc1 --resplit --split-bn --jsd --dist-bn reduce",
    "mobilenetv3": "--data-dir imagenet/ --model mobilenetv3_large_100 -b 512 --sched step --epochs 600 --decay-epochs 2.4 --decay-rate .973 --opt rmsproptf --opt-eps .001 -j 7 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.2 --drop-path 0.2 --model-ema --model-ema-decay 0.9999 --aa rand-m9-mstd0.5 --remode pixel --reprob 0.2 --amp --lr .064 --lr-noise 0.42 0.9",
    "resnext50": "--data-dir /imagenet --model resnext50_32x4d --lr 0.6 --warmup-epochs 5 --epochs 240 --weight-decay 1e-4 --sched cosine --reprob 0.4 --recount 3 --remode pixel --aa rand-m7-mstd0.5-inc1 -b 192 -j 6 --amp --dist-bn reduce",
    # A run that went on from another one, in a folder of its own.
    "resumed": "/data/photos --model vit_tiny_patch16_224 --img-size 96 --model-kwargs img_size=96 --opt adamw --opt-betas 0.9 0.95 --lr-base 0.001 --sched-on-updates --output /data/runs --experiment first --resume /data/runs/older/last.pth.tar --start-epoch 5 --log-wandb --channels-last --device cpu",
    # A feature that is not offered here.
    "distilled": "--data-dir /imagenet --model resnet18 --kd-model-name resnet50 --kd-temperature 2 --drop-block 0.1",
}

FOLDER.mkdir(parents=True, exist_ok=True)
for name, command in COMMANDS.items():
    sys.argv = ["train.py", *command.split()]
    # A parser remembers nothing between two calls but defaults of --config, which none of these has.
    _, text = train._parse_args()
    (FOLDER / f"{name}.yaml").write_text(text)
