/** Swin transformers as their authors name them. */
import { has, renamed, type WeightsConversion } from "./conversion.ts";

/** Tables that follow from the size are left out; `layers.0.downsample` is the begin of the next stage, `head` a linear layer. */
export const swinOfAuthors: WeightsConversion = {
  applies: (tensors, target) =>
    has(target, "layers.0.blocks.0.attn.relative_position_bias_table") &&
    [...tensors.keys()].some((name) =>
      /relative_position_index|attn_mask|^layers\.0\.downsample|^head\.weight/.test(name),
    ),
  convert(tensors) {
    const isOld = !tensors.has("head.fc.weight");
    return renamed(tensors, (name) => {
      if (/relative_position_index|attn_mask/.test(name)) return null;
      if (!isOld) return name;
      return name
        .replace(/^layers\.(\d+)\.downsample/, (_, stage: string) => `layers.${Number(stage) + 1}.downsample`)
        .replace(/^head\./, "head.fc.");
    });
  },
};
