// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const convnext: PretrainedTable = {
  convnext_atto: {
    "d2_in1k": { testSize: 288, testCrop: 0.95 },
  },
  convnext_atto_ols: {
    "a2_in1k": { testSize: 288, testCrop: 0.95 },
  },
  convnext_atto_rms: {
    "untrained": { testSize: 256, testCrop: 0.95, hub: null },
  },
  convnext_base: {
    "fb_in22k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in22k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fb_in22k": { classes: 21841 },
    "clip_laion2b_augreg_ft_in12k_in1k": { size: 256, crop: 1.0, norm: "clip" },
    "clip_laion2b_augreg_ft_in12k_in1k_384": { size: 384, crop: 1.0, mode: "squash", norm: "clip" },
    "clip_laion2b_augreg_ft_in1k": { size: 256, crop: 1.0, norm: "clip" },
    "clip_laiona_augreg_ft_in1k_384": { size: 384, crop: 1.0, norm: "clip" },
    "clip_laion2b_augreg_ft_in12k": { size: 256, crop: 1.0, norm: "clip", classes: 11821 },
    "clip_laion2b": { size: 256, crop: 1.0, norm: "clip", classes: 640 },
    "clip_laion2b_augreg": { size: 256, crop: 1.0, norm: "clip", classes: 640 },
    "clip_laiona": { size: 256, crop: 1.0, norm: "clip", classes: 640 },
    "clip_laiona_320": { size: 320, crop: 1.0, norm: "clip", classes: 640 },
    "clip_laiona_augreg_320": { size: 320, crop: 1.0, norm: "clip", classes: 640 },
    "dinov3_lvd1689m": { crop: 1.0, classes: 0 },
    "eupe_lvd1689m": { size: 256, crop: 1.0, classes: 0 },
  },
  convnext_femto: {
    "d1_in1k": { testSize: 288, testCrop: 0.95 },
  },
  convnext_femto_ols: {
    "d1_in1k": { testSize: 288, testCrop: 0.95 },
  },
  convnext_large: {
    "fb_in22k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in22k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fb_in22k": { classes: 21841 },
    "dinov3_lvd1689m": { crop: 1.0, classes: 0 },
  },
  convnext_large_mlp: {
    "clip_laion2b_soup_ft_in12k_in1k_320": { size: 320, crop: 1.0, norm: "clip" },
    "clip_laion2b_soup_ft_in12k_in1k_384": { size: 384, crop: 1.0, mode: "squash", norm: "clip" },
    "clip_laion2b_augreg_ft_in1k": { size: 256, crop: 1.0, norm: "clip" },
    "clip_laion2b_augreg_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash", norm: "clip" },
    "clip_laion2b_soup_ft_in12k_320": { size: 320, crop: 1.0, norm: "clip", classes: 11821 },
    "clip_laion2b_augreg_ft_in12k_384": { size: 384, crop: 1.0, mode: "squash", norm: "clip", classes: 11821 },
    "clip_laion2b_soup_ft_in12k_384": { size: 384, crop: 1.0, mode: "squash", norm: "clip", classes: 11821 },
    "clip_laion2b_augreg": { size: 256, crop: 1.0, norm: "clip", classes: 768 },
    "clip_laion2b_ft_320": { size: 320, crop: 1.0, norm: "clip", classes: 768 },
    "clip_laion2b_ft_soup_320": { size: 320, crop: 1.0, norm: "clip", classes: 768 },
  },
  convnext_nano: {
    "in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "d1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "r384_in12k_ft_in1k": { size: 384, crop: 1.0 },
    "in12k": { crop: 0.95, classes: 11821 },
    "r384_in12k": { size: 384, crop: 1.0, classes: 11821 },
    "r384_ad_in12k": { size: 384, crop: 1.0, classes: 11821 },
  },
  convnext_nano_ols: {
    "d1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  convnext_pico: {
    "d1_in1k": { testSize: 288, testCrop: 0.95 },
  },
  convnext_pico_ols: {
    "d1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  convnext_small: {
    "in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "in12k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "in12k": { crop: 0.95, classes: 11821 },
    "fb_in22k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in22k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fb_in22k": { classes: 21841 },
    "dinov3_lvd1689m": { crop: 1.0, classes: 0 },
    "eupe_lvd1689m": { size: 256, crop: 1.0, classes: 0 },
  },
  convnext_tiny: {
    "in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "in12k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "in12k": { crop: 0.95, classes: 11821 },
    "fb_in22k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in22k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fb_in22k": { classes: 21841 },
    "dinov3_lvd1689m": { crop: 1.0, classes: 0 },
    "eupe_lvd1689m": { size: 256, crop: 1.0, classes: 0 },
  },
  convnext_tiny_hnf: {
    "a2h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  convnext_xlarge: {
    "fb_in22k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fb_in22k_ft_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fb_in22k": { classes: 21841 },
  },
  convnext_xxlarge: {
    "clip_laion2b_soup_ft_in1k": { size: 256, crop: 1.0, norm: "clip" },
    "clip_laion2b_soup_ft_in12k": { size: 256, crop: 1.0, norm: "clip", classes: 11821 },
    "clip_laion2b_soup": { size: 256, crop: 1.0, norm: "clip", classes: 1024 },
    "clip_laion2b_rewind": { size: 256, crop: 1.0, norm: "clip", classes: 1024 },
  },
  convnext_zepto_rms: {
    "ra4_e3600_r224_in1k": { norm: "half" },
  },
  convnext_zepto_rms_ols: {
    "ra4_e3600_r224_in1k": { crop: 0.9, norm: "half" },
  },
  convnextv2_atto: {
    "fcmae_ft_in1k": { testSize: 288, testCrop: 0.95 },
    "fcmae": { classes: 0 },
  },
  convnextv2_base: {
    "fcmae_ft_in22k_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae_ft_in22k_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fcmae_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae": { classes: 0 },
  },
  convnextv2_femto: {
    "fcmae_ft_in1k": { testSize: 288, testCrop: 0.95 },
    "fcmae": { classes: 0 },
  },
  convnextv2_huge: {
    "fcmae_ft_in22k_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fcmae_ft_in22k_in1k_512": { size: 512, crop: 1.0, mode: "squash" },
    "fcmae_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae": { classes: 0 },
  },
  convnextv2_large: {
    "fcmae_ft_in22k_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae_ft_in22k_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fcmae_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae": { classes: 0 },
  },
  convnextv2_nano: {
    "fcmae_ft_in22k_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae_ft_in22k_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fcmae_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae": { classes: 0 },
  },
  convnextv2_pico: {
    "fcmae_ft_in1k": { testSize: 288, testCrop: 0.95 },
    "fcmae": { classes: 0 },
  },
  convnextv2_small: {
    "untrained": { hub: null },
  },
  convnextv2_tiny: {
    "fcmae_ft_in22k_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae_ft_in22k_in1k_384": { size: 384, crop: 1.0, mode: "squash" },
    "fcmae_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "fcmae": { classes: 0 },
  },
  test_convnext: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half" },
  },
  test_convnext2: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half" },
  },
  test_convnext3: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half" },
  },
};
