// Written by tools/pretrained-configs.py from timm 1.0.29.dev0; do not edit.
import type { PretrainedTable } from "../pretrained-table.ts";

export const vision_transformer: PretrainedTable = {
  aimv2_1b_patch14_224: {
    "apple_pt": { crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_1b_patch14_336: {
    "apple_pt": { size: 336, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_1b_patch14_448: {
    "apple_pt": { size: 448, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_3b_patch14_224: {
    "apple_pt": { crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_3b_patch14_336: {
    "apple_pt": { size: 336, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_3b_patch14_448: {
    "apple_pt": { size: 448, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_huge_patch14_224: {
    "apple_pt": { crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_huge_patch14_336: {
    "apple_pt": { size: 336, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_huge_patch14_448: {
    "apple_pt": { size: 448, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_large_patch14_224: {
    "apple_pt": { crop: 1.0, norm: "clip", classes: 0, fixed: true },
    "apple_pt_dist": { crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_large_patch14_336: {
    "apple_pt": { size: 336, crop: 1.0, norm: "clip", classes: 0, fixed: true },
    "apple_pt_dist": { size: 336, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  aimv2_large_patch14_448: {
    "apple_pt": { size: 448, crop: 1.0, norm: "clip", classes: 0, fixed: true },
  },
  beit3_base_patch16_224: {
    "in22k_ft_in1k": { crop: 1.0, fixed: true },
    "indomain_in22k_ft_in1k": { crop: 1.0, fixed: true },
    "pt": { crop: 1.0, classes: 0, fixed: true },
    "indomain_pt": { crop: 1.0, classes: 0, fixed: true },
  },
  beit3_giant_patch14_224: {
    "untrained": { crop: 1.0, fixed: true, hub: null },
  },
  beit3_giant_patch14_336: {
    "untrained": { size: 336, crop: 1.0, fixed: true, hub: null },
  },
  beit3_large_patch16_224: {
    "in22k_ft_in1k": { crop: 1.0, fixed: true },
    "indomain_in22k_ft_in1k": { crop: 1.0, fixed: true },
    "pt": { crop: 1.0, classes: 0, fixed: true },
    "indomain_pt": { crop: 1.0, classes: 0, fixed: true },
  },
  eva_large_patch14_196: {
    "in22k_ft_in22k_in1k": { size: 196, crop: 1.0, norm: "clip", fixed: true },
    "in22k_ft_in1k": { size: 196, crop: 1.0, norm: "clip", fixed: true },
  },
  eva_large_patch14_336: {
    "in22k_ft_in22k_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
    "in22k_ft_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
  },
  flexivit_base: {
    "1200ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "600ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "300ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "1000ep_in21k": { size: 240, crop: 0.95, norm: "half", classes: 21843, fixed: true },
    "300ep_in21k": { size: 240, crop: 0.95, norm: "half", classes: 21843, fixed: true },
    "patch16_in21k": { size: 240, crop: 0.95, norm: "half", classes: 21843, fixed: true },
    "patch30_in21k": { size: 240, crop: 0.95, norm: "half", classes: 21843, fixed: true },
  },
  flexivit_large: {
    "1200ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "600ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "300ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
  },
  flexivit_small: {
    "1200ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "600ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
    "300ep_in1k": { size: 240, crop: 0.95, norm: "half", fixed: true },
  },
  test_vit: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half", fixed: true },
  },
  test_vit2: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half", fixed: true },
  },
  test_vit3: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half", fixed: true },
  },
  test_vit4: {
    "r160_in1k": { size: 160, crop: 0.95, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch8_224: {
    "augreg2_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
    "dino": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_base_patch14_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_base_patch14_reg1_tipsv2: {
    "webli": { size: 448, crop: 1.0, norm: "none", classes: 0, fixed: true },
  },
  vit_base_patch14_reg4_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_base_patch16_18x2_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch16_224: {
    "augreg2_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "orig_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in1k": { crop: 0.9, norm: "half", fixed: true },
    "orig_in21k": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
    "sam_in1k": { crop: 0.9, norm: "half", fixed: true },
    "dino": { crop: 0.9, classes: 0, fixed: true },
    "mae": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_base_patch16_224_miil: {
    "in21k": { interpolation: "bilinear", norm: "none", classes: 11221, fixed: true },
    "in21k_ft_in1k": { interpolation: "bilinear", norm: "none", fixed: true },
  },
  vit_base_patch16_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
    "orig_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
    "augreg_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_base_patch16_clip_224: {
    "laion2b_ft_in12k_in1k": { crop: 0.95, norm: "clip", fixed: true },
    "openai_ft_in12k_in1k": { crop: 0.95, norm: "clip", fixed: true },
    "laion2b_ft_in1k": { crop: 1.0, norm: "clip", fixed: true },
    "openai_ft_in1k": { crop: 0.9, norm: "clip", fixed: true },
    "laion2b_ft_in12k": { crop: 0.9, norm: "clip", classes: 11821, fixed: true },
    "openai_ft_in12k": { crop: 0.9, norm: "clip", classes: 11821, fixed: true },
    "laion2b": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "laion400m_e32": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "datacompxl": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "dfn2b": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "openai": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
  vit_base_patch16_clip_384: {
    "laion2b_ft_in12k_in1k": { size: 384, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
    "openai_ft_in12k_in1k": { size: 384, crop: 0.95, mode: "squash", norm: "clip", fixed: true },
    "laion2b_ft_in1k": { size: 384, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
    "openai_ft_in1k": { size: 384, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
  },
  vit_base_patch16_clip_quickgelu_224: {
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch16_clip_224.metaclip_2pt5b" },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch16_clip_224.metaclip_400m" },
    "openai": { crop: 0.9, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch16_clip_224.openai" },
  },
  vit_base_patch16_gap_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch16_plus_240: {
    "untrained": { size: 240, crop: 0.95, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch16_plus_clip_240: {
    "laion400m_e32": { size: 240, crop: 1.0, norm: "clip", classes: 640, fixed: true },
  },
  vit_base_patch16_reg4_gap_256: {
    "untrained": { size: 256, crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch16_rpn_224: {
    "sw_in1k": { crop: 0.9, norm: "half", fixed: true },
  },
  vit_base_patch16_siglip_224: {
    "v2_webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli_i18n": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_gap_224: {
    "v2_webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_gap_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli_i18n": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_gap_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_siglip_gap_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch16_xp_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch32_224: {
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in1k": { crop: 0.9, norm: "half", fixed: true },
    "orig_in21k": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
    "sam_in1k": { crop: 0.9, norm: "half", fixed: true },
  },
  vit_base_patch32_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
    "augreg_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_base_patch32_clip_224: {
    "laion2b_ft_in12k_in1k": { crop: 0.9, norm: "clip", fixed: true },
    "openai_ft_in12k_in1k": { crop: 0.9, norm: "clip", fixed: true, hub: null },
    "laion2b_ft_in1k": { crop: 0.9, norm: "clip", fixed: true },
    "openai_ft_in1k": { crop: 0.9, norm: "clip", fixed: true },
    "laion2b": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
    "laion400m_e32": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
    "datacompxl": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 512, fixed: true },
    "openai": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
  vit_base_patch32_clip_256: {
    "datacompxl": { size: 256, crop: 1.0, norm: "clip", classes: 512, fixed: true },
  },
  vit_base_patch32_clip_384: {
    "laion2b_ft_in12k_in1k": { size: 384, crop: 1.0, norm: "clip", fixed: true },
    "openai_ft_in12k_in1k": { size: 384, crop: 0.95, mode: "squash", norm: "clip", fixed: true },
  },
  vit_base_patch32_clip_448: {
    "laion2b_ft_in12k_in1k": { size: 448, crop: 1.0, norm: "clip", fixed: true },
  },
  vit_base_patch32_clip_quickgelu_224: {
    "laion400m_e32": { crop: 0.9, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch32_clip_224.laion400m_e32" },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch32_clip_224.metaclip_2pt5b" },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch32_clip_224.metaclip_400m" },
    "openai": { crop: 0.9, norm: "clip", classes: 512, fixed: true, hub: "timm/vit_base_patch32_clip_224.openai" },
  },
  vit_base_patch32_plus_256: {
    "untrained": { size: 256, crop: 0.95, norm: "half", fixed: true, hub: null },
  },
  vit_base_patch32_siglip_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_base_patch32_siglip_gap_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_betwixt_patch16_gap_256: {
    "untrained": { size: 256, crop: 0.95, norm: "half", fixed: true, hub: null },
  },
  vit_betwixt_patch16_reg1_gap_256: {
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_betwixt_patch16_reg4_gap_256: {
    "sbb2_e200_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb2_e200_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
    "sbb_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_betwixt_patch16_reg4_gap_384: {
    "sbb2_e200_in12k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_betwixt_patch32_clip_224: {
    "tinyclip_laion400m": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
  vit_dlittle_patch16_reg1_gap_256: {
    "sbb_nadamuon_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_dpwee_patch16_reg1_gap_256: {
    "sbb_nadamuon_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_dwee_patch16_reg1_gap_256: {
    "sbb_nadamuon_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_giant_patch14_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_giant_patch14_clip_224: {
    "laion2b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
  },
  vit_giant_patch14_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_giant_patch14_reg1_tipsv2: {
    "webli": { size: 448, crop: 1.0, norm: "none", classes: 0, fixed: true },
  },
  vit_giant_patch14_reg4_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_giant_patch16_gap_224: {
    "in22k_ijepa": { crop: 0.9, classes: 0, fixed: true, hub: null, url: "https://dl.fbaipublicfiles.com/ijepa/IN22K-vit.g.16-600e.pth.tar" },
  },
  vit_giantopt_patch16_siglip_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_giantopt_patch16_siglip_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_giantopt_patch16_siglip_gap_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_giantopt_patch16_siglip_gap_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_gigantic_patch14_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_gigantic_patch14_clip_224: {
    "laion2b": { crop: 1.0, norm: "clip", classes: 1280, fixed: true },
    "metaclip2_worldwide": { crop: 1.0, norm: "clip", classes: 1280, fixed: true },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 1280, fixed: true },
  },
  vit_gigantic_patch14_clip_378: {
    "metaclip2_worldwide": { size: 378, crop: 1.0, mode: "squash", norm: "clip", classes: 1280, fixed: true },
  },
  vit_gigantic_patch14_clip_quickgelu_224: {
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 1280, fixed: true, hub: "timm/vit_gigantic_patch14_clip_224.metaclip_2pt5b" },
  },
  vit_huge_patch14_224: {
    "orig_in21k": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
    "mae": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_huge_patch14_clip_224: {
    "laion2b_ft_in12k_in1k": { crop: 1.0, norm: "clip", fixed: true },
    "laion2b_ft_in1k": { crop: 1.0, norm: "clip", fixed: true },
    "laion2b_ft_in12k": { crop: 1.0, norm: "clip", classes: 11821, fixed: true },
    "laion2b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
    "dfn5b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
    "metaclip2_worldwide": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
    "metaclip_altogether": { crop: 1.0, norm: "clip", classes: 1024, fixed: true },
  },
  vit_huge_patch14_clip_336: {
    "laion2b_ft_in12k_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
    "laion2b_ft_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "clip", fixed: true, hub: null },
  },
  vit_huge_patch14_clip_378: {
    "dfn5b": { size: 378, crop: 1.0, norm: "clip", classes: 1024, fixed: true },
    "metaclip2_worldwide": { size: 378, crop: 1.0, mode: "squash", norm: "clip", classes: 1024, fixed: true },
  },
  vit_huge_patch14_clip_quickgelu_224: {
    "dfn5b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true, hub: "timm/vit_huge_patch14_clip_224.dfn5b" },
    "metaclip2_worldwide": { crop: 1.0, norm: "clip", classes: 1024, fixed: true, hub: "timm/vit_huge_patch14_clip_224.metaclip2_worldwide" },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 1024, fixed: true, hub: "timm/vit_huge_patch14_clip_224.metaclip_2pt5b" },
  },
  vit_huge_patch14_clip_quickgelu_378: {
    "dfn5b": { size: 378, crop: 1.0, norm: "clip", classes: 1024, fixed: true, hub: "timm/vit_huge_patch14_clip_378.dfn5b" },
  },
  vit_huge_patch14_gap_224: {
    "in1k_ijepa": { crop: 0.9, classes: 0, fixed: true, hub: null, url: "https://dl.fbaipublicfiles.com/ijepa/IN1K-vit.h.14-300e.pth.tar" },
    "in22k_ijepa": { crop: 0.9, classes: 0, fixed: true, hub: null, url: "https://dl.fbaipublicfiles.com/ijepa/IN22K-vit.h.14-900e.pth.tar" },
  },
  vit_huge_patch14_xp_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_huge_patch16_gap_448: {
    "in1k_ijepa": { size: 448, crop: 1.0, classes: 0, fixed: true, hub: null, url: "https://dl.fbaipublicfiles.com/ijepa/IN1K-vit.h.16-448px-300e.pth.tar" },
  },
  vit_intern300m_patch14_448: {
    "ogvl_dist": { size: 448, crop: 1.0, classes: 0, fixed: true },
    "ogvl_2pt5": { size: 448, crop: 1.0, classes: 0, fixed: true },
  },
  vit_large_patch14_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_large_patch14_clip_224: {
    "laion2b_ft_in12k_in1k": { crop: 1.0, norm: "half", fixed: true },
    "openai_ft_in12k_in1k": { crop: 1.0, norm: "clip", fixed: true },
    "laion2b_ft_in1k": { crop: 1.0, norm: "half", fixed: true },
    "openai_ft_in1k": { crop: 1.0, norm: "clip", fixed: true },
    "laion2b_ft_in12k": { crop: 1.0, norm: "half", classes: 11821, fixed: true },
    "openai_ft_in12k": { crop: 1.0, norm: "clip", classes: 11821, fixed: true },
    "laion2b": { crop: 1.0, norm: "half", classes: 768, fixed: true },
    "laion400m_e32": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "datacompxl": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "dfn2b_s39b": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "dfn2b": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "openai": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
    "apple_mclip2_dfndr2b": { crop: 1.0, norm: "clip", classes: 768, fixed: true },
  },
  vit_large_patch14_clip_336: {
    "laion2b_ft_in12k_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "half", fixed: true },
    "openai_ft_in12k_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "clip", fixed: true },
    "laion2b_ft_in1k": { size: 336, crop: 1.0, mode: "squash", norm: "half", fixed: true },
    "openai": { size: 336, crop: 1.0, norm: "clip", classes: 768, fixed: true },
  },
  vit_large_patch14_clip_quickgelu_224: {
    "dfn2b": { crop: 1.0, norm: "clip", classes: 768, fixed: true, hub: "timm/vit_large_patch14_clip_224.dfn2b" },
    "metaclip_2pt5b": { crop: 1.0, norm: "clip", classes: 768, fixed: true, hub: "timm/vit_large_patch14_clip_224.metaclip_2pt5b" },
    "metaclip_400m": { crop: 1.0, norm: "clip", classes: 768, fixed: true, hub: "timm/vit_large_patch14_clip_224.metaclip_400m" },
    "openai": { crop: 1.0, norm: "clip", classes: 768, fixed: true, hub: "timm/vit_large_patch14_clip_224.openai" },
  },
  vit_large_patch14_clip_quickgelu_336: {
    "openai": { size: 336, crop: 1.0, norm: "clip", classes: 768, fixed: true, hub: "timm/vit_large_patch14_clip_336.openai" },
  },
  vit_large_patch14_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_large_patch14_reg1_tipsv2: {
    "webli": { size: 448, crop: 1.0, norm: "none", classes: 0, fixed: true },
  },
  vit_large_patch14_reg4_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_large_patch14_xp_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_large_patch16_224: {
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "orig_in21k": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
    "mae": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_large_patch16_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_large_patch16_siglip_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch16_siglip_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch16_siglip_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch16_siglip_gap_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch16_siglip_gap_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch16_siglip_gap_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch32_224: {
    "orig_in21k": { crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_large_patch32_384: {
    "orig_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_little_patch16_reg1_gap_256: {
    "sbb_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_little_patch16_reg4_gap_256: {
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_medium_patch16_clip_224: {
    "tinyclip_yfcc15m": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
  vit_medium_patch16_gap_240: {
    "sw_in12k": { size: 240, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_medium_patch16_gap_256: {
    "sw_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_medium_patch16_gap_384: {
    "sw_in12k_ft_in1k": { size: 384, crop: 0.95, mode: "squash", norm: "half", fixed: true },
  },
  vit_medium_patch16_reg1_gap_256: {
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_medium_patch16_reg4_gap_256: {
    "sbb_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_medium_patch32_clip_224: {
    "tinyclip_laion400m": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
  vit_mediumd_patch16_reg4_gap_256: {
    "sbb2_e200_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb2_e200_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
    "sbb_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_mediumd_patch16_reg4_gap_384: {
    "sbb2_e200_in12k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_pwee_patch16_reg1_gap_256: {
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_small_patch8_224: {
    "dino": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_small_patch14_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_small_patch14_reg4_dinov2: {
    "lvd142m": { size: 518, crop: 1.0, classes: 0, fixed: true },
  },
  vit_small_patch16_18x2_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_small_patch16_36x1_224: {
    "untrained": { crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_small_patch16_224: {
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
    "dino": { crop: 0.9, classes: 0, fixed: true },
  },
  vit_small_patch16_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
    "augreg_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_small_patch32_224: {
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
  },
  vit_small_patch32_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_so150m2_patch16_reg1_gap_256: {
    "sbb_e200_in12k_ft_in1k": { size: 256, crop: 1.0, norm: "half", fixed: true },
    "sbb_e200_in12k": { size: 256, crop: 1.0, norm: "half", classes: 11821, fixed: true },
  },
  vit_so150m2_patch16_reg1_gap_384: {
    "sbb_e200_in12k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_so150m2_patch16_reg1_gap_448: {
    "sbb_e200_in12k_ft_in1k": { size: 448, crop: 1.0, mode: "squash", norm: "half", fixed: true },
  },
  vit_so150m_patch16_reg4_gap_256: {
    "sbb_e250_in12k_ft_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
    "sbb_e250_in12k": { size: 256, crop: 0.95, norm: "half", classes: 11821, fixed: true },
  },
  vit_so150m_patch16_reg4_gap_384: {
    "sbb_e250_in12k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_so150m_patch16_reg4_map_256: {
    "untrained": { size: 256, crop: 0.9, norm: "half", fixed: true, hub: null },
  },
  vit_so400m_patch14_reg1_tipsv2: {
    "webli": { size: 448, crop: 1.0, norm: "none", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_224: {
    "v2_webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_378: {
    "v2_webli": { size: 378, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 378, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli_ft_in1k": { size: 378, crop: 1.0, mode: "squash", norm: "half", fixed: true },
  },
  vit_so400m_patch14_siglip_384: {
    "webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_gap_224: {
    "v2_webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "pali_mix": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "pali_pt": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "pali2_3b_pt": { crop: 0.9, norm: "half", classes: 0, fixed: true },
    "pali2_10b_pt": { crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_gap_378: {
    "v2_webli": { size: 378, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli": { size: 378, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "webli_ft_in1k": { size: 378, crop: 1.0, mode: "squash", norm: "half", fixed: true },
  },
  vit_so400m_patch14_siglip_gap_384: {
    "webli": { size: 384, crop: 1.0, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_gap_448: {
    "pali_mix": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali_pt": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali_refcoco_seg": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali_ocrvqa": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_3b_pt": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_10b_pt": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_3b_docci": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_10b_docci": { size: 448, crop: 1.0, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch14_siglip_gap_896: {
    "pali_pt": { size: 896, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali_refcoco_seg": { size: 896, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali_ocrvqa": { size: 896, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_3b_pt": { size: 896, crop: 1.0, norm: "half", classes: 0, fixed: true },
    "pali2_10b_pt": { size: 896, crop: 1.0, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli_i18n": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_gap_256: {
    "v2_webli": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
    "webli_i18n": { size: 256, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_gap_384: {
    "v2_webli": { size: 384, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_so400m_patch16_siglip_gap_512: {
    "v2_webli": { size: 512, crop: 0.9, norm: "half", classes: 0, fixed: true },
  },
  vit_tiny_patch16_224: {
    "augreg_in21k_ft_in1k": { crop: 0.9, norm: "half", fixed: true },
    "augreg_in21k": { crop: 0.9, norm: "half", classes: 21843, fixed: true },
  },
  vit_tiny_patch16_384: {
    "augreg_in21k_ft_in1k": { size: 384, crop: 1.0, norm: "half", fixed: true },
  },
  vit_wee_patch16_reg1_gap_256: {
    "sbb_in1k": { size: 256, crop: 0.95, norm: "half", fixed: true },
  },
  vit_xsmall_patch16_clip_224: {
    "tinyclip_yfcc15m": { crop: 0.9, norm: "clip", classes: 512, fixed: true },
  },
};
