"""Runs timm's own train.py, found in the folder $TSIMM_TIMM: python3 run-timm.py FLAGS…

Nothing of its training is changed. What is, so that it runs on a CPU under any PyTorch from 1.13 on:
- $TSIMM_STOP_AFTER=N stops before epoch N as Ctrl-C between two epochs does;
- PyTorch 1.13's restricted reader knows no float and so refuses every training checkpoint: there, the plain one reads;
- timm passes device_ids for CPU, too, which DistributedDataParallel refuses;
- processes end without leaving their group, where gloo waits, at times for ever, for one that is gone already.
"""
import os
import sys

sys.path.insert(0, os.environ["TSIMM_TIMM"])

import torch
from torch.nn import parallel

if torch.__version__.startswith("1."):
    restricted = torch.load
    torch.load = lambda *args, weights_only=False, **kwargs: restricted(*args, **kwargs)


class Distributed(parallel.DistributedDataParallel):
    def __init__(self, module, device_ids=None, **kwargs):
        super().__init__(module, **kwargs)


parallel.DistributedDataParallel = Distributed
torch.distributed.destroy_process_group = lambda: None

import train

stop_after = int(os.environ.get("TSIMM_STOP_AFTER", "1000000"))
train_one_epoch = train.train_one_epoch


def stopping(epoch, *args, **kwargs):
    if epoch >= stop_after:
        raise KeyboardInterrupt
    return train_one_epoch(epoch, *args, **kwargs)


train.train_one_epoch = stopping
train.main()
