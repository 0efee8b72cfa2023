// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const densenet: PretrainedTable = {
  densenet121: {
    "ra_in1k": { testSize: 288, testCrop: 0.95 },
    "tv_in1k": {},
  },
  densenet161: {
    "tv_in1k": {},
  },
  densenet169: {
    "tv_in1k": {},
  },
  densenet201: {
    "tv_in1k": {},
  },
  densenet264d: {
    "untrained": { hub: null },
  },
  densenetblur121d: {
    "ra_in1k": { testSize: 288, testCrop: 0.95 },
  },
};
