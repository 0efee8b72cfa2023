/** The small net of tiny.json: conv 3->8, batch normalization, ReLU, max pool, linear 512->10. */
import { float, int, ints } from "./graph/attributes.ts";
import { GraphBuilder } from "./graph/builder.ts";
import type { Graph } from "./graph/graph.ts";
import { float32 } from "./graph/tensor.ts";

/** Parameters and their shapes, in state-dict order. */
export const tinyParameters: Readonly<Record<string, readonly number[]>> = {
  "conv1.weight": [8, 3, 3, 3],
  "bn1.weight": [8],
  "bn1.bias": [8],
  "fc.weight": [10, 512],
  "fc.bias": [10],
};

/** The forward graph of a batch of 4 images of 16x16; `training`: normalised by the batch's own statistics. */
export function tinyNet(training: boolean): Graph {
  const builder = new GraphBuilder("tiny");
  const x = builder.input("input", "float32", [4, 3, 16, 16]);
  for (const [name, shape] of Object.entries(tinyParameters)) builder.input(name, "float32", shape);
  const parameter = (name: string) => builder.value(name);
  const mean = training
    ? builder.constant(float32([8], new Float32Array(8)))
    : builder.input("bn1.running_mean", "float32", [8]);
  const variance = training
    ? builder.constant(float32([8], new Float32Array(8).fill(1)))
    : builder.input("bn1.running_var", "float32", [8]);
  const convolved = builder.op("Conv", [x, parameter("conv1.weight")], { pads: ints(1, 1, 1, 1) });
  const [normalized] = builder.ops(
    "BatchNormalization",
    [convolved, parameter("bn1.weight"), parameter("bn1.bias"), mean, variance],
    training ? { training_mode: int(1), momentum: float(0) } : {},
    training ? 3 : 1,
    { name: "bn1" },
  );
  const activated = builder.op("Relu", [normalized ?? null]);
  const pooled = builder.op("MaxPool", [activated], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
  const features = builder.op("Flatten", [pooled]);
  const logits = builder.op("Gemm", [features, parameter("fc.weight"), parameter("fc.bias")], {
    transB: int(1),
  });
  builder.output(logits, "logits");
  return builder.build();
}
