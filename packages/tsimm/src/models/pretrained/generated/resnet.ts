// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const resnet: PretrainedTable = {
  ecaresnet26t: {
    "ra2_in1k": { size: 256, testSize: 320, testCrop: 0.95 },
  },
  ecaresnet50d: {
    "miil_in1k": { testSize: 288, testCrop: 0.95 },
  },
  ecaresnet50d_pruned: {
    "miil_in1k": { testSize: 288, testCrop: 0.95 },
  },
  ecaresnet50t: {
    "ra2_in1k": { size: 256, testSize: 320, testCrop: 0.95 },
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
  },
  ecaresnet101d: {
    "miil_in1k": { testSize: 288, testCrop: 0.95 },
  },
  ecaresnet101d_pruned: {
    "miil_in1k": { testSize: 288, testCrop: 0.95 },
  },
  ecaresnet200d: {
    "untrained": { size: 256, crop: 0.95, testSize: 288, testCrop: 0.95, hub: null },
  },
  ecaresnet269d: {
    "ra2_in1k": { size: 320, crop: 0.95, testSize: 352, testCrop: 1.0 },
  },
  ecaresnetlight: {
    "miil_in1k": { testSize: 288, testCrop: 0.95 },
  },
  ecaresnext26t_32x4d: {
    "untrained": { hub: null },
  },
  ecaresnext50t_32x4d: {
    "untrained": { hub: null },
  },
  resnet10t: {
    "c3_in1k": { size: 176, testSize: 224, testCrop: 0.95 },
  },
  resnet14t: {
    "c3_in1k": { size: 176, testSize: 224, testCrop: 0.95 },
  },
  resnet18: {
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnet18d: {
    "ra2_in1k": { testSize: 288, testCrop: 0.95 },
    "ra4_e3600_r224_in1k": { crop: 0.9, testSize: 288, testCrop: 1.0, norm: "half" },
  },
  resnet26: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  resnet26d: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  resnet26t: {
    "ra2_in1k": { size: 256, crop: 0.94, testSize: 320, testCrop: 1.0 },
  },
  resnet34: {
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
    "ra4_e3600_r224_in1k": { crop: 0.9, testSize: 288, testCrop: 1.0, norm: "half" },
    "tv_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnet34d: {
    "ra2_in1k": { testSize: 288, testCrop: 0.95 },
  },
  resnet50: {
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a1h_in1k": { size: 176, crop: 0.9, testSize: 224, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "b1k_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "b2k_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "c1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "c2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "d_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "ram_in1k": { testSize: 288, testCrop: 0.95 },
    "am_in1k": {},
    "ra_in1k": { testSize: 288, testCrop: 0.95 },
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnet50_gn: {
    "a1h_in1k": { crop: 0.94, testSize: 288, testCrop: 0.95 },
  },
  resnet50c: {
    "gluon_in1k": {},
  },
  resnet50d: {
    "ra2_in1k": { testSize: 288, testCrop: 0.95 },
    "ra4_e3600_r224_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0, norm: "half" },
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "gluon_in1k": {},
  },
  resnet50s: {
    "gluon_in1k": {},
  },
  resnet50t: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnet101: {
    "a1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnet101c: {
    "gluon_in1k": {},
  },
  resnet101d: {
    "ra2_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "gluon_in1k": {},
  },
  resnet101s: {
    "gluon_in1k": {},
  },
  resnet152: {
    "a1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnet152c: {
    "gluon_in1k": {},
  },
  resnet152d: {
    "ra2_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "gluon_in1k": {},
  },
  resnet152s: {
    "gluon_in1k": {},
  },
  resnet200: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnet200d: {
    "ra2_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
  },
  resnetaa34d: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnetaa50: {
    "a1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  resnetaa50d: {
    "sw_in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "sw_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
    "d_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
  },
  resnetaa101d: {
    "sw_in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "sw_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
  },
  resnetblur18: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnetblur50: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  resnetblur50d: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnetblur101d: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  resnetrs50: {
    "tf_in1k": { size: 160, crop: 0.91, testSize: 224 },
  },
  resnetrs101: {
    "tf_in1k": { size: 192, crop: 0.94, testSize: 288 },
  },
  resnetrs152: {
    "tf_in1k": { size: 256, crop: 1.0, testSize: 320 },
  },
  resnetrs200: {
    "tf_in1k": { size: 256, crop: 1.0, testSize: 320 },
  },
  resnetrs270: {
    "tf_in1k": { size: 256, crop: 1.0, testSize: 352 },
  },
  resnetrs350: {
    "tf_in1k": { size: 288, crop: 1.0, testSize: 384 },
  },
  resnetrs420: {
    "tf_in1k": { size: 320, crop: 1.0, testSize: 416 },
  },
  resnext50_32x4d: {
    "a1h_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "ra_in1k": { testSize: 288, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnext50d_32x4d: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  resnext101_32x4d: {
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  resnext101_32x8d: {
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
    "fb_wsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
  },
  resnext101_32x16d: {
    "fb_wsl_ig1b_ft_in1k": { interpolation: "bilinear" },
    "fb_ssl_yfcc100m_ft_in1k": { interpolation: "bilinear" },
    "fb_swsl_ig1b_ft_in1k": { interpolation: "bilinear" },
  },
  resnext101_32x32d: {
    "fb_wsl_ig1b_ft_in1k": { interpolation: "bilinear" },
  },
  resnext101_64x4d: {
    "c1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "tv_in1k": { interpolation: "bilinear" },
    "gluon_in1k": {},
  },
  senet154: {
    "gluon_in1k": {},
  },
  seresnet18: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet34: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet50: {
    "a1_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a2_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "a3_in1k": { size: 160, crop: 0.95, testSize: 224, testCrop: 0.95 },
    "ra2_in1k": { testSize: 288, testCrop: 0.95 },
  },
  seresnet50t: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet101: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet152: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet152d: {
    "ra2_in1k": { size: 256, crop: 0.95, testSize: 320, testCrop: 1.0 },
  },
  seresnet200d: {
    "untrained": { size: 256, testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnet269d: {
    "untrained": { size: 256, testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnetaa50d: {
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnext26d_32x4d: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  seresnext26t_32x4d: {
    "bt_in1k": { testSize: 288, testCrop: 0.95 },
  },
  seresnext50_32x4d: {
    "racm_in1k": { testSize: 288, testCrop: 0.95 },
    "gluon_in1k": {},
  },
  seresnext101_32x4d: {
    "gluon_in1k": {},
    "untrained": { testSize: 288, testCrop: 0.95, hub: null },
  },
  seresnext101_32x8d: {
    "ah_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  seresnext101_64x4d: {
    "gluon_in1k": {},
  },
  seresnext101d_32x8d: {
    "ah_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  seresnextaa101d_32x8d: {
    "sw_in12k_ft_in1k_288": { size: 288, crop: 0.95, testSize: 320, testCrop: 1.0 },
    "sw_in12k_ft_in1k": { testSize: 288, testCrop: 1.0 },
    "sw_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
    "ah_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  seresnextaa201d_32x8d: {
    "sw_in12k_ft_in1k_384": { size: 384, crop: 1.0 },
    "sw_in12k": { size: 320, crop: 0.95, testSize: 384, testCrop: 1.0, classes: 11821 },
  },
  test_resnet: {
    "r160_in1k": { size: 160, crop: 0.95, interpolation: "bilinear", norm: "half" },
  },
  wide_resnet50_2: {
    "racm_in1k": { testSize: 288, testCrop: 0.95 },
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
  },
  wide_resnet101_2: {
    "tv_in1k": { interpolation: "bilinear" },
    "tv2_in1k": { size: 176, testSize: 224, testCrop: 0.965, interpolation: "bilinear" },
  },
};
