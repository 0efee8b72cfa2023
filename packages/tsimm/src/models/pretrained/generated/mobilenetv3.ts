// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const mobilenetv3: PretrainedTable = {
  fbnetv3_b: {
    "ra2_in1k": { crop: 0.95, testSize: 256, interpolation: "bilinear" },
  },
  fbnetv3_d: {
    "ra2_in1k": { crop: 0.95, testSize: 256, interpolation: "bilinear" },
  },
  fbnetv3_g: {
    "ra2_in1k": { size: 240, crop: 0.95, testSize: 288, interpolation: "bilinear" },
  },
  lcnet_035: {
    "untrained": { interpolation: "bilinear", hub: null },
  },
  lcnet_050: {
    "ra2_in1k": {},
  },
  lcnet_075: {
    "ra2_in1k": {},
  },
  lcnet_100: {
    "ra2_in1k": {},
  },
  lcnet_150: {
    "untrained": { interpolation: "bilinear", hub: null },
  },
  mobilenetv3_large_075: {
    "untrained": { interpolation: "bilinear", hub: null },
  },
  mobilenetv3_large_100: {
    "ra_in1k": {},
    "ra4_e3600_r224_in1k": { crop: 0.95, testSize: 256, testCrop: 1.0, norm: "half" },
    "miil_in21k_ft_in1k": { interpolation: "bilinear", norm: "none" },
    "miil_in21k": { interpolation: "bilinear", norm: "none", classes: 11221 },
  },
  mobilenetv3_large_150d: {
    "ra4_e3600_r256_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0, interpolation: "bilinear", norm: "half" },
  },
  mobilenetv3_rw: {
    "rmsp_in1k": {},
  },
  mobilenetv3_small_050: {
    "lamb_in1k": {},
  },
  mobilenetv3_small_075: {
    "lamb_in1k": {},
  },
  mobilenetv3_small_100: {
    "lamb_in1k": {},
  },
  mobilenetv4_conv_aa_large: {
    "e230_r448_in12k_ft_in1k": { size: 448, crop: 0.95, testSize: 544, testCrop: 1.0 },
    "e230_r384_in12k_ft_in1k": { size: 384, crop: 0.95, testSize: 480, testCrop: 1.0 },
    "e600_r384_in1k": { size: 384, crop: 0.95, testSize: 480, testCrop: 1.0 },
    "e230_r384_in12k": { size: 384, crop: 0.95, testSize: 448, testCrop: 1.0, classes: 11821 },
  },
  mobilenetv4_conv_aa_medium: {
    "untrained": { size: 256, crop: 0.95, hub: null },
  },
  mobilenetv4_conv_blur_medium: {
    "e500_r224_in1k": { crop: 0.95, testSize: 256, testCrop: 1.0 },
  },
  mobilenetv4_conv_large: {
    "e600_r384_in1k": { size: 384, crop: 0.95, testSize: 448, testCrop: 1.0 },
    "e500_r256_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
  },
  mobilenetv4_conv_medium: {
    "e500_r256_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "e500_r224_in1k": { crop: 0.95, testSize: 256, testCrop: 1.0 },
    "e250_r384_in12k_ft_in1k": { size: 384, crop: 0.95 },
    "e180_r384_in12k": { size: 384, crop: 1.0, classes: 11821 },
    "e180_ad_r384_in12k": { size: 384, crop: 1.0, classes: 11821 },
    "e250_r384_in12k": { size: 384, crop: 1.0, classes: 11821 },
  },
  mobilenetv4_conv_small: {
    "e2400_r224_in1k": { testSize: 256, testCrop: 0.95 },
    "e1200_r224_in1k": { testSize: 256, testCrop: 0.95 },
    "e3600_r256_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0, norm: "half" },
  },
  mobilenetv4_conv_small_035: {
    "untrained": { testSize: 256, testCrop: 0.95, norm: "half", hub: null },
  },
  mobilenetv4_conv_small_050: {
    "e3000_r224_in1k": { testSize: 256, testCrop: 0.95, norm: "half" },
  },
  mobilenetv4_hybrid_large: {
    "ix_e600_r384_in1k": { size: 384, crop: 0.95, testSize: 448, testCrop: 1.0 },
    "e600_r384_in1k": { size: 384, crop: 0.95, testSize: 448, testCrop: 1.0 },
  },
  mobilenetv4_hybrid_large_075: {
    "untrained": { size: 256, crop: 0.95, hub: null },
  },
  mobilenetv4_hybrid_medium: {
    "e200_r256_in12k_ft_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "ix_e550_r256_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "ix_e550_r384_in1k": { size: 384, crop: 0.95, testSize: 448, testCrop: 1.0 },
    "e500_r224_in1k": { crop: 0.95, testSize: 256, testCrop: 1.0 },
    "e200_r256_in12k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0, classes: 11821 },
  },
  mobilenetv4_hybrid_medium_075: {
    "untrained": { crop: 0.95, hub: null },
  },
  tf_mobilenetv3_large_075: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
  tf_mobilenetv3_large_100: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
  tf_mobilenetv3_large_minimal_100: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
  tf_mobilenetv3_small_075: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
  tf_mobilenetv3_small_100: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
  tf_mobilenetv3_small_minimal_100: {
    "in1k": { interpolation: "bilinear", norm: "half" },
  },
};
