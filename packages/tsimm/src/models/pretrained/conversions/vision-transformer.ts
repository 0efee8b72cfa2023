/** Vision transformers of DeiT, DINO and OpenCLIP, and older ones of timm. */
import type { SafeTensor } from "../../../weights/safetensors.ts";
import { has, renamed, type WeightsConversion } from "./conversion.ts";

const isTransformer = (target: Parameters<WeightsConversion["applies"]>[1]) =>
  has(target, "patch_embed.proj.weight") && has(target, "blocks.0.norm1.weight");

/** Prefixes before a timm model inside another. */
const TRUNKS = ["visual.trunk.", "module.visual.trunk."];

/** `visual.trunk.*`, the projection as the classifier. */
export const transformerOfOpenClip: WeightsConversion = {
  applies: (tensors, target) =>
    isTransformer(target) && TRUNKS.some((trunk) => tensors.has(`${trunk}blocks.0.norm1.weight`)),
  convert(tensors, target) {
    const trunk = TRUNKS.find((prefix) => tensors.has(`${prefix}blocks.0.norm1.weight`)) ?? "";
    const result = renamed(tensors, (name) => (name.startsWith(trunk) ? name.slice(trunk.length) : null));
    const projection = tensors.get("visual.head.proj.weight");
    if (projection === undefined || !has(target, "head.weight")) return result;
    const outputs = projection.shape[0] ?? 0;
    result.set("head.weight", projection);
    return result.set("head.bias", { dtype: "F32", shape: [outputs], data: new Float32Array(outputs) });
  },
};

/** Names that differ from today's: the mask of DINO, `gamma_1` of DeiT III, the representation before the classifier. */
export const transformerOfAuthors: WeightsConversion = {
  applies: (tensors, target) =>
    isTransformer(target) &&
    [...tensors.keys()].some((name) => name === "mask_token" || /gamma_\d$|pre_logits|\.w12\./.test(name)),
  convert(tensors) {
    const fromDino = tensors.has("mask_token");
    return renamed(tensors, (name) => {
      if (name === "mask_token" || name.includes("pre_logits")) return null;
      const gamma = name.replace(/gamma_(\d)$/, "ls$1.gamma");
      return fromDino
        ? gamma.replace(/\.mlp\.w12\./, ".mlp.fc1.").replace(/\.mlp\.w3\./, ".mlp.fc2.")
        : gamma;
    });
  },
};

/** Patch embeddings that were made as linear layers. */
export const linearPatches: WeightsConversion = {
  applies: (tensors, target) =>
    has(target, "patch_embed.proj.weight") && tensors.get("patch_embed.proj.weight")?.shape.length === 2,
  convert(tensors, target) {
    const name = "patch_embed.proj.weight";
    const tensor = tensors.get(name);
    const [out = 0, , height = 1, width = 1] = target.state.find((one) => one.name === name)?.shape ?? [];
    const result = new Map<string, SafeTensor>(tensors);
    if (tensor === undefined) return result;
    const channels = tensor.data.length / (out * height * width);
    if (!Number.isInteger(channels)) return result;
    return result.set(name, { ...tensor, shape: [out, channels, height, width] });
  },
};
