// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const swin_transformer: PretrainedTable = {
  swin_base_patch4_window7_224: {
    "ms_in22k_ft_in1k": { crop: 0.9, fixed: true },
    "ms_in1k": { crop: 0.9, fixed: true },
    "ms_in22k": { crop: 0.9, classes: 21841, fixed: true },
  },
  swin_base_patch4_window12_384: {
    "ms_in22k_ft_in1k": { size: 384, crop: 1.0, fixed: true },
    "ms_in1k": { size: 384, crop: 1.0, fixed: true },
    "ms_in22k": { size: 384, crop: 1.0, classes: 21841, fixed: true },
  },
  swin_large_patch4_window7_224: {
    "ms_in22k_ft_in1k": { crop: 0.9, fixed: true },
    "ms_in22k": { crop: 0.9, classes: 21841, fixed: true },
  },
  swin_large_patch4_window12_384: {
    "ms_in22k_ft_in1k": { size: 384, crop: 1.0, fixed: true },
    "ms_in22k": { size: 384, crop: 1.0, classes: 21841, fixed: true },
  },
  swin_s3_base_224: {
    "ms_in1k": { crop: 0.9, fixed: true },
  },
  swin_s3_small_224: {
    "ms_in1k": { crop: 0.9, fixed: true },
  },
  swin_s3_tiny_224: {
    "ms_in1k": { crop: 0.9, fixed: true },
  },
  swin_small_patch4_window7_224: {
    "ms_in22k_ft_in1k": { crop: 0.9, fixed: true },
    "ms_in1k": { crop: 0.9, fixed: true },
    "ms_in22k": { crop: 0.9, classes: 21841, fixed: true },
  },
  swin_tiny_patch4_window7_224: {
    "ms_in1k": { crop: 0.9, fixed: true },
    "ms_in22k_ft_in1k": { crop: 0.9, fixed: true },
    "ms_in22k": { crop: 0.9, classes: 21841, fixed: true },
  },
};
