/** Networks of torchvision whose names differ from timm's. */
import { has, renamed, reshaped, type WeightsConversion } from "./conversion.ts";

/** Parts of a RegNet's block, the longer names first. */
const REGNET_PARTS: readonly (readonly [string, string])[] = [
  ["f.a.0", "conv1.conv"],
  ["f.a.1", "conv1.bn"],
  ["f.b.0", "conv2.conv"],
  ["f.b.1", "conv2.bn"],
  ["f.c.0", "conv3.conv"],
  ["f.c.1", "conv3.bn"],
  ["f.se", "se"],
  ["proj.0", "downsample.conv"],
  ["proj.1", "downsample.bn"],
];

/** `trunk_output.block1.block1-0.f.a.0` as `s1.b1.conv1.conv`. */
export const regnetOfTorchvision: WeightsConversion = {
  applies: (tensors, target) => has(target, "s1.b1.conv1.conv.weight") && tensors.has("stem.0.weight"),
  convert: (tensors) =>
    renamed(tensors, (name) => {
      const block = /^trunk_output\.block(\d+)\.block\d+-(\d+)\.(.+)$/.exec(name);
      if (block === null) {
        return name
          .replace(/^stem\.0\./, "stem.conv.")
          .replace(/^stem\.1\./, "stem.bn.")
          .replace(/^fc\./, "head.fc.");
      }
      const [, stage, index, rest = ""] = block;
      const [old, own] = REGNET_PARTS.find(([part]) => rest.startsWith(`${part}.`)) ?? ["", ""];
      return `s${stage}.b${Number(index) + 1}.${own}${rest.slice(old.length)}`;
    }),
};

/** `denselayer1.norm.1` as `denselayer1.norm1`: an old spelling. */
export const densenetOfTorchvision: WeightsConversion = {
  applies: (tensors, target) =>
    has(target, "features.denseblock1.denselayer1.norm1.weight") &&
    tensors.has("features.denseblock1.denselayer1.norm.1.weight"),
  convert: (tensors) =>
    renamed(tensors, (name) => name.replace(/(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)/, "$1$2")),
};

/** Linear layers before the classifier as convolutions. */
export const vggOfTorchvision: WeightsConversion = {
  applies: (tensors, target) => has(target, "pre_logits.fc1.weight") && tensors.has("classifier.0.weight"),
  convert(tensors, target) {
    const shapes = new Map(target.state.map(({ name, shape }) => [name, shape]));
    const result = renamed(tensors, (name) =>
      name
        .replace(/^classifier\.0\./, "pre_logits.fc1.")
        .replace(/^classifier\.3\./, "pre_logits.fc2.")
        .replace(/^classifier\.6\./, "head.fc."),
    );
    for (const name of ["pre_logits.fc1.weight", "pre_logits.fc2.weight"]) {
      const [tensor, shape] = [result.get(name), shapes.get(name)];
      if (tensor !== undefined && shape !== undefined) result.set(name, reshaped(tensor, shape));
    }
    return result;
  },
};
