// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const deit: PretrainedTable = {
  deit3_base_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
    "fb_in22k_ft_in1k": { crop: 1.0, fixed: true },
  },
  deit3_base_patch16_384: {
    "fb_in1k": { size: 384, crop: 1.0, fixed: true },
    "fb_in22k_ft_in1k": { size: 384, crop: 1.0, fixed: true },
  },
  deit3_huge_patch14_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
    "fb_in22k_ft_in1k": { crop: 1.0, fixed: true },
  },
  deit3_large_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
    "fb_in22k_ft_in1k": { crop: 1.0, fixed: true },
  },
  deit3_large_patch16_384: {
    "fb_in1k": { size: 384, crop: 1.0, fixed: true },
    "fb_in22k_ft_in1k": { size: 384, crop: 1.0, fixed: true },
  },
  deit3_medium_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
    "fb_in22k_ft_in1k": { crop: 1.0, fixed: true },
  },
  deit3_small_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
    "fb_in22k_ft_in1k": { crop: 1.0, fixed: true },
  },
  deit3_small_patch16_384: {
    "fb_in1k": { size: 384, crop: 1.0, fixed: true },
    "fb_in22k_ft_in1k": { size: 384, crop: 1.0, fixed: true },
  },
  deit_base_distilled_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
  deit_base_distilled_patch16_384: {
    "fb_in1k": { size: 384, crop: 1.0, fixed: true },
  },
  deit_base_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
  deit_base_patch16_384: {
    "fb_in1k": { size: 384, crop: 1.0, fixed: true },
  },
  deit_small_distilled_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
  deit_small_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
  deit_tiny_distilled_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
  deit_tiny_patch16_224: {
    "fb_in1k": { crop: 0.9, fixed: true },
  },
};
