// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const regnet: PretrainedTable = {
  regnetv_040: {
    "ra3_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  regnetv_064: {
    "ra3_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
  },
  regnetx_002: {
    "pycls_in1k": {},
  },
  regnetx_004: {
    "pycls_in1k": {},
  },
  regnetx_004_tv: {
    "tv2_in1k": { crop: 0.965 },
  },
  regnetx_006: {
    "pycls_in1k": {},
  },
  regnetx_008: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnetx_016: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnetx_032: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnetx_040: {
    "pycls_in1k": {},
  },
  regnetx_064: {
    "pycls_in1k": {},
  },
  regnetx_080: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnetx_120: {
    "pycls_in1k": {},
  },
  regnetx_160: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnetx_320: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnety_002: {
    "pycls_in1k": {},
  },
  regnety_004: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnety_006: {
    "pycls_in1k": {},
  },
  regnety_008: {
    "pycls_in1k": {},
  },
  regnety_008_tv: {
    "tv2_in1k": { crop: 0.965 },
  },
  regnety_016: {
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnety_032: {
    "ra_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "tv2_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnety_040: {
    "ra3_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "pycls_in1k": {},
  },
  regnety_040_sgn: {
    "untrained": { crop: 0.95, testSize: 288, testCrop: 1.0, hub: null },
  },
  regnety_064: {
    "ra3_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "pycls_in1k": {},
  },
  regnety_080: {
    "ra3_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "pycls_in1k": {},
  },
  regnety_080_tv: {
    "tv2_in1k": { crop: 0.965 },
  },
  regnety_120: {
    "sw_in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "sw_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
    "pycls_in1k": {},
  },
  regnety_160: {
    "sw_in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "lion_in12k_ft_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "sw_in12k": { crop: 0.95, testSize: 288, testCrop: 1.0, classes: 11821 },
    "deit_in1k": { crop: 0.95, testSize: 288, testCrop: 1.0 },
    "tv2_in1k": { crop: 0.965 },
    "swag_ft_in1k": { size: 384, crop: 1.0 },
    "swag_lc_in1k": { crop: 0.965 },
    "pycls_in1k": {},
  },
  regnety_320: {
    "tv2_in1k": { crop: 0.965 },
    "swag_ft_in1k": { size: 384, crop: 1.0 },
    "swag_lc_in1k": { crop: 0.965 },
    "seer_ft_in1k": { size: 384, crop: 1.0 },
    "seer": { crop: 0.965, classes: 0 },
    "pycls_in1k": {},
  },
  regnety_640: {
    "seer_ft_in1k": { size: 384, crop: 1.0 },
    "seer": { crop: 0.965, classes: 0 },
  },
  regnety_1280: {
    "swag_ft_in1k": { size: 384, crop: 1.0 },
    "swag_lc_in1k": { crop: 0.965 },
    "seer_ft_in1k": { size: 384, crop: 1.0 },
    "seer": { crop: 0.965, classes: 0 },
  },
  regnety_2560: {
    "seer_ft_in1k": { size: 384, crop: 1.0 },
  },
  regnetz_005: {
    "untrained": { crop: 0.95, testSize: 288, testCrop: 1.0, hub: null },
  },
  regnetz_040: {
    "ra3_in1k": { size: 256, crop: 1.0, testSize: 320, testCrop: 1.0 },
  },
  regnetz_040_h: {
    "ra3_in1k": { size: 256, crop: 1.0, testSize: 320, testCrop: 1.0 },
  },
};
