/** ConvNeXts as their authors name them, and as the trunk of an OpenCLIP model. */
import { has, renamed, reshaped, type WeightsConversion } from "./conversion.ts";

const isConvNeXt = (target: Parameters<WeightsConversion["applies"]>[1]) =>
  has(target, "stages.0.blocks.0.conv_dw.weight");

/** `downsample_layers`, `dwconv`, `pwconv1`: linear weights take the shape that the model has. */
export const convnextOfAuthors: WeightsConversion = {
  applies: (tensors, target) => isConvNeXt(target) && tensors.has("downsample_layers.0.0.weight"),
  convert(tensors, target) {
    const shapes = new Map(target.state.map(({ name, shape }) => [name, shape]));
    const result = renamed(tensors, (name) =>
      /^(projectors|norms)\./.test(name)
        ? null
        : name
            .replace(/^downsample_layers\.0\./, "stem.")
            .replace(/^downsample_layers\.(\d+)\.(\d+)/, "stages.$1.downsample.$2")
            .replace(/^stages\.(\d+)\.(\d+)/, "stages.$1.blocks.$2")
            .replace("dwconv", "conv_dw")
            .replace("pwconv", "mlp.fc")
            .replace("grn.beta", "mlp.grn.bias")
            .replace("grn.gamma", "mlp.grn.weight")
            .replace(/^head\./, "head.fc.")
            .replace(/^norm\./, "head.norm."),
    );
    for (const [name, tensor] of result) {
      const shape = shapes.get(name);
      if (shape !== undefined && !name.startsWith("head.fc.")) result.set(name, reshaped(tensor, shape));
    }
    return result;
  },
};

/** `visual.trunk.*`, the projection as the classifier. */
export const convnextOfOpenClip: WeightsConversion = {
  applies: (tensors, target) => isConvNeXt(target) && tensors.has("visual.trunk.stem.0.weight"),
  convert(tensors) {
    const result = renamed(tensors, (name) =>
      name.startsWith("visual.trunk.") ? name.slice("visual.trunk.".length) : null,
    );
    const projection = tensors.get("visual.head.proj.weight");
    if (projection === undefined) return result;
    const outputs = projection.shape[0] ?? 0;
    result.set("head.fc.weight", projection);
    return result.set("head.fc.bias", { dtype: "F32", shape: [outputs], data: new Float32Array(outputs) });
  },
};
