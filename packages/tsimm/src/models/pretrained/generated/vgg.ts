// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const vgg: PretrainedTable = {
  vgg11: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg11_bn: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg13: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg13_bn: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg16: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg16_bn: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg19: {
    "tv_in1k": { interpolation: "bilinear" },
  },
  vgg19_bn: {
    "tv_in1k": { interpolation: "bilinear" },
  },
};
