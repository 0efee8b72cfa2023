// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const efficientnet: PretrainedTable = {
  efficientnet_b0: {
    "ra_in1k": {},
    "ra4_e3600_r224_in1k": { crop: 0.9, testSize: 256, testCrop: 1.0, norm: "half" },
  },
  efficientnet_b0_g8_gn: {
    "untrained": { hub: null },
  },
  efficientnet_b0_g16_evos: {
    "untrained": { hub: null },
  },
  efficientnet_b0_gn: {
    "untrained": { hub: null },
  },
  efficientnet_b1: {
    "ra4_e3600_r240_in1k": { size: 240, crop: 0.9, testSize: 288, testCrop: 1.0, norm: "half" },
    "ft_in1k": { testSize: 256, testCrop: 1.0 },
  },
  efficientnet_b1_pruned: {
    "in1k": { size: 240, crop: 0.882, norm: "half" },
  },
  efficientnet_b2: {
    "ra_in1k": { size: 256, testSize: 288, testCrop: 1.0 },
  },
  efficientnet_b2_pruned: {
    "in1k": { size: 260, crop: 0.89, norm: "half" },
  },
  efficientnet_b3: {
    "ra2_in1k": { size: 288, testSize: 320, testCrop: 1.0 },
  },
  efficientnet_b3_g8_gn: {
    "untrained": { size: 288, crop: 1.0, testSize: 320, hub: null },
  },
  efficientnet_b3_gn: {
    "untrained": { size: 288, crop: 1.0, testSize: 320, hub: null },
  },
  efficientnet_b3_pruned: {
    "in1k": { size: 300, crop: 0.904, norm: "half" },
  },
  efficientnet_b4: {
    "ra2_in1k": { size: 320, testSize: 384, testCrop: 1.0 },
  },
  efficientnet_b5: {
    "sw_in12k_ft_in1k": { size: 448, crop: 1.0, mode: "squash" },
    "sw_in12k": { size: 416, crop: 0.95, classes: 11821 },
  },
  efficientnet_b6: {
    "untrained": { size: 528, crop: 0.942, hub: null },
  },
  efficientnet_b7: {
    "untrained": { size: 600, crop: 0.949, hub: null },
  },
  efficientnet_b8: {
    "untrained": { size: 672, crop: 0.954, hub: null },
  },
  efficientnet_blur_b0: {
    "untrained": { hub: null },
  },
  efficientnet_cc_b0_4e: {
    "untrained": { hub: null },
  },
  efficientnet_cc_b0_8e: {
    "untrained": { hub: null },
  },
  efficientnet_cc_b1_8e: {
    "untrained": { size: 240, crop: 0.882, hub: null },
  },
  efficientnet_el: {
    "ra_in1k": { size: 300, crop: 0.904 },
  },
  efficientnet_el_pruned: {
    "in1k": { size: 300, crop: 0.904 },
  },
  efficientnet_em: {
    "ra2_in1k": { size: 240, crop: 0.882 },
  },
  efficientnet_es: {
    "ra_in1k": {},
  },
  efficientnet_es_pruned: {
    "in1k": {},
  },
  efficientnet_h_b5: {
    "sw_r448_e450_in1k": { size: 448, crop: 1.0, testSize: 576, mode: "squash" },
  },
  efficientnet_l2: {
    "untrained": { size: 800, crop: 0.961, hub: null },
  },
  efficientnet_lite0: {
    "ra_in1k": {},
  },
  efficientnet_lite1: {
    "untrained": { size: 240, crop: 0.882, hub: null },
  },
  efficientnet_lite2: {
    "untrained": { size: 260, crop: 0.89, hub: null },
  },
  efficientnet_lite3: {
    "untrained": { size: 300, crop: 0.904, hub: null },
  },
  efficientnet_lite4: {
    "untrained": { size: 380, crop: 0.922, hub: null },
  },
  efficientnet_x_b3: {
    "untrained": { size: 288, crop: 0.95, hub: null },
  },
  efficientnet_x_b5: {
    "sw_r448_e450_in1k": { size: 448, crop: 1.0, testSize: 576, mode: "squash" },
  },
  efficientnetv2_l: {
    "untrained": { size: 384, crop: 1.0, testSize: 480, hub: null },
  },
  efficientnetv2_m: {
    "untrained": { size: 320, crop: 1.0, testSize: 416, hub: null },
  },
  efficientnetv2_rw_m: {
    "agc_in1k": { size: 320, crop: 1.0, testSize: 416 },
  },
  efficientnetv2_rw_s: {
    "ra2_in1k": { size: 288, crop: 1.0, testSize: 384 },
  },
  efficientnetv2_rw_t: {
    "ra2_in1k": { crop: 1.0, testSize: 288 },
  },
  efficientnetv2_s: {
    "untrained": { size: 288, crop: 1.0, testSize: 384, hub: null },
  },
  efficientnetv2_xl: {
    "untrained": { size: 384, crop: 1.0, testSize: 512, hub: null },
  },
  fbnetc_100: {
    "rmsp_in1k": { interpolation: "bilinear" },
  },
  gc_efficientnetv2_rw_t: {
    "agc_in1k": { crop: 1.0, testSize: 288 },
  },
  mixnet_l: {
    "ft_in1k": {},
  },
  mixnet_m: {
    "ft_in1k": {},
  },
  mixnet_s: {
    "ft_in1k": {},
  },
  mixnet_xl: {
    "ra_in1k": {},
  },
  mixnet_xxl: {
    "untrained": { hub: null },
  },
  mnasnet_050: {
    "untrained": { hub: null },
  },
  mnasnet_075: {
    "untrained": { hub: null },
  },
  mnasnet_100: {
    "rmsp_in1k": {},
  },
  mnasnet_140: {
    "untrained": { hub: null },
  },
  mnasnet_small: {
    "lamb_in1k": {},
  },
  mobilenet_edgetpu_100: {
    "untrained": { crop: 0.9, hub: null },
  },
  mobilenet_edgetpu_v2_l: {
    "untrained": { crop: 0.9, hub: null },
  },
  mobilenet_edgetpu_v2_m: {
    "ra4_e3600_r224_in1k": { crop: 0.9, testSize: 256, testCrop: 0.95, norm: "half" },
  },
  mobilenet_edgetpu_v2_s: {
    "untrained": { crop: 0.9, hub: null },
  },
  mobilenet_edgetpu_v2_xs: {
    "untrained": { crop: 0.9, hub: null },
  },
  mobilenetv1_100: {
    "ra4_e3600_r224_in1k": { testSize: 256, testCrop: 0.95, norm: "half" },
  },
  mobilenetv1_100h: {
    "ra4_e3600_r224_in1k": { testSize: 256, testCrop: 0.95, norm: "half" },
  },
  mobilenetv1_125: {
    "ra4_e3600_r224_in1k": { crop: 0.9, testSize: 256, testCrop: 1.0, norm: "half" },
  },
  mobilenetv2_035: {
    "untrained": { hub: null },
  },
  mobilenetv2_050: {
    "lamb_in1k": {},
  },
  mobilenetv2_075: {
    "untrained": { hub: null },
  },
  mobilenetv2_100: {
    "ra_in1k": {},
  },
  mobilenetv2_110d: {
    "ra_in1k": {},
  },
  mobilenetv2_120d: {
    "ra_in1k": {},
  },
  mobilenetv2_140: {
    "ra_in1k": {},
  },
  semnasnet_050: {
    "untrained": { hub: null },
  },
  semnasnet_075: {
    "rmsp_in1k": {},
  },
  semnasnet_100: {
    "rmsp_in1k": {},
  },
  semnasnet_140: {
    "untrained": { hub: null },
  },
  spnasnet_100: {
    "rmsp_in1k": { interpolation: "bilinear" },
  },
  test_efficientnet: {
    "r160_in1k": { size: 160, crop: 0.95 },
  },
  test_efficientnet_evos: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half" },
  },
  test_efficientnet_gn: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half" },
  },
  test_efficientnet_ln: {
    "r160_in1k": { size: 160, crop: 0.95 },
  },
  tf_efficientnet_b0: {
    "ns_jft_in1k": {},
    "ap_in1k": { norm: "half" },
    "aa_in1k": {},
    "in1k": {},
  },
  tf_efficientnet_b1: {
    "ns_jft_in1k": { size: 240, crop: 0.882 },
    "ap_in1k": { size: 240, crop: 0.882, norm: "half" },
    "aa_in1k": { size: 240, crop: 0.882 },
    "in1k": { size: 240, crop: 0.882 },
  },
  tf_efficientnet_b2: {
    "ns_jft_in1k": { size: 260, crop: 0.89 },
    "ap_in1k": { size: 260, crop: 0.89, norm: "half" },
    "aa_in1k": { size: 260, crop: 0.89 },
    "in1k": { size: 260, crop: 0.89 },
  },
  tf_efficientnet_b3: {
    "ns_jft_in1k": { size: 300, crop: 0.904 },
    "ap_in1k": { size: 300, crop: 0.904, norm: "half" },
    "aa_in1k": { size: 300, crop: 0.904 },
    "in1k": { size: 300, crop: 0.904 },
  },
  tf_efficientnet_b4: {
    "ns_jft_in1k": { size: 380, crop: 0.922 },
    "ap_in1k": { size: 380, crop: 0.922, norm: "half" },
    "aa_in1k": { size: 380, crop: 0.922 },
    "in1k": { size: 380, crop: 0.922 },
  },
  tf_efficientnet_b5: {
    "ns_jft_in1k": { size: 456, crop: 0.934 },
    "ap_in1k": { size: 456, crop: 0.934, norm: "half" },
    "ra_in1k": { size: 456, crop: 0.934 },
    "aa_in1k": { size: 456, crop: 0.934 },
    "in1k": { size: 456, crop: 0.934 },
  },
  tf_efficientnet_b6: {
    "ns_jft_in1k": { size: 528, crop: 0.942 },
    "ap_in1k": { size: 528, crop: 0.942, norm: "half" },
    "aa_in1k": { size: 528, crop: 0.942 },
  },
  tf_efficientnet_b7: {
    "ns_jft_in1k": { size: 600, crop: 0.949 },
    "ap_in1k": { size: 600, crop: 0.949, norm: "half" },
    "ra_in1k": { size: 600, crop: 0.949 },
    "aa_in1k": { size: 600, crop: 0.949 },
  },
  tf_efficientnet_b8: {
    "ap_in1k": { size: 672, crop: 0.954, norm: "half" },
    "ra_in1k": { size: 672, crop: 0.954 },
  },
  tf_efficientnet_cc_b0_4e: {
    "in1k": { norm: "half" },
  },
  tf_efficientnet_cc_b0_8e: {
    "in1k": { norm: "half" },
  },
  tf_efficientnet_cc_b1_8e: {
    "in1k": { size: 240, crop: 0.882, norm: "half" },
  },
  tf_efficientnet_el: {
    "in1k": { size: 300, crop: 0.904, norm: "half" },
  },
  tf_efficientnet_em: {
    "in1k": { size: 240, crop: 0.882, norm: "half" },
  },
  tf_efficientnet_es: {
    "in1k": { norm: "half" },
  },
  tf_efficientnet_l2: {
    "ns_jft_in1k_475": { size: 475, crop: 0.936 },
    "ns_jft_in1k": { size: 800, crop: 0.96 },
  },
  tf_efficientnet_lite0: {
    "in1k": { norm: "half" },
  },
  tf_efficientnet_lite1: {
    "in1k": { size: 240, crop: 0.882, norm: "half" },
  },
  tf_efficientnet_lite2: {
    "in1k": { size: 260, crop: 0.89, norm: "half" },
  },
  tf_efficientnet_lite3: {
    "in1k": { size: 300, crop: 0.904, interpolation: "bilinear", norm: "half" },
  },
  tf_efficientnet_lite4: {
    "in1k": { size: 380, crop: 0.92, interpolation: "bilinear", norm: "half" },
  },
  tf_efficientnetv2_b0: {
    "in1k": { size: 192, testSize: 224 },
  },
  tf_efficientnetv2_b1: {
    "in1k": { size: 192, crop: 0.882, testSize: 240 },
  },
  tf_efficientnetv2_b2: {
    "in1k": { size: 208, crop: 0.89, testSize: 260 },
  },
  tf_efficientnetv2_b3: {
    "in21k_ft_in1k": { size: 240, crop: 0.9, testSize: 300, mode: "squash", norm: "half" },
    "in1k": { size: 240, crop: 0.904, testSize: 300 },
    "in21k": { size: 240, crop: 0.904, testSize: 300, norm: "half", classes: 21843 },
  },
  tf_efficientnetv2_l: {
    "in21k_ft_in1k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half" },
    "in1k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half" },
    "in21k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half", classes: 21843 },
  },
  tf_efficientnetv2_m: {
    "in21k_ft_in1k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half" },
    "in1k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half" },
    "in21k": { size: 384, crop: 1.0, testSize: 480, mode: "squash", norm: "half", classes: 21843 },
  },
  tf_efficientnetv2_s: {
    "in21k_ft_in1k": { size: 300, crop: 1.0, testSize: 384, norm: "half" },
    "in1k": { size: 300, crop: 1.0, testSize: 384, norm: "half" },
    "in21k": { size: 300, crop: 1.0, testSize: 384, norm: "half", classes: 21843 },
  },
  tf_efficientnetv2_xl: {
    "in21k_ft_in1k": { size: 384, crop: 1.0, testSize: 512, mode: "squash", norm: "half" },
    "in21k": { size: 384, crop: 1.0, testSize: 512, mode: "squash", norm: "half", classes: 21843 },
  },
  tf_mixnet_l: {
    "in1k": {},
  },
  tf_mixnet_m: {
    "in1k": {},
  },
  tf_mixnet_s: {
    "in1k": {},
  },
  tinynet_a: {
    "in1k": { size: 192 },
  },
  tinynet_b: {
    "in1k": { size: 188 },
  },
  tinynet_c: {
    "in1k": { size: 184 },
  },
  tinynet_d: {
    "in1k": { size: 152 },
  },
  tinynet_e: {
    "in1k": { size: 106 },
  },
};
