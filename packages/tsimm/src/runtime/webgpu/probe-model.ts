/** A model of the kernels that training rests on and that drivers are known to compute wrongly. */
import {
  encodeModel,
  float,
  float32,
  GraphBuilder,
  int,
  int64,
  ints,
  type Tensor,
  type Value,
} from "@tsimm/autodiff";
import type { Probe } from "./run-probe.ts";

/**
 * Grouped convolutions of 9, 6 and 5 filters a group and the gradient by filters from the columns of the first,
 * ConvTranspose, Pad, Gemm, batched products, reductions, comparisons.
 */
export function probeModel(): Probe {
  const builder = new GraphBuilder("probe");
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, ...shape: number[]): Value => {
    feeds[name] = {
      dtype: "float32",
      shape,
      data: waves(
        shape.reduce((a, b) => a * b, 1),
        name.length,
      ),
    };
    return builder.input(name, "float32", shape);
  };
  const output = (name: string, value: Value) => builder.output(value, name);
  const constant = (...values: number[]) => builder.constant(int64([values.length], values));
  const images = input("images", 2, 4, 7, 6);
  const gradient = input("gradient", 2, 8, 42);

  const window = { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1), group: int(4) };
  const oneHot = float32(
    [36, 1, 3, 3],
    Array.from({ length: 324 }, (_, i) => (i % 9 === Math.floor(i / 9) % 9 ? 1 : 0)),
  );
  const columns = builder.op("Conv", [images, builder.constant(oneHot)], window);
  output("columns", columns);
  const byImage = builder.op("Reshape", [columns, constant(2, 36, 42)]);
  const products = builder.op("MatMul", [
    gradient,
    builder.op("Transpose", [byImage], { perm: ints(0, 2, 1) }),
  ]);
  output("gradient by filters", builder.op("ReduceSum", [products, constant(0)], { keepdims: int(0) }));
  for (const filters of [5, 6, 9]) {
    const weight = input(`weight of ${filters}`, 4 * filters, 1, 3, 3);
    output(`convolution, ${filters} filters a group`, builder.op("Conv", [images, weight], window));
  }
  const back = input("weight back", 4, 3, 3, 3);
  const spread = { ...window, group: int(1), strides: ints(2, 2), output_padding: ints(1, 1) };
  output("transposed convolution", builder.op("ConvTranspose", [images, back], spread));

  const lowest = builder.constant(float32([], [-30]));
  const padded = builder.op("Pad", [images, constant(0, 0, 1, 1, 0, 0, 1, 1), lowest]);
  const taps = [0, 1, 2].map((at) =>
    builder.op("Slice", [padded, constant(at, at), constant(at + 6, at + 5), constant(2, 3), constant(2, 2)]),
  );
  output("slices", builder.op("Concat", taps, { axis: int(1) }));
  const [first = images, second = images] = taps;
  output("larger", builder.op("Where", [builder.op("Greater", [first, second]), first, second]));

  const left = input("left", 5, 7);
  const right = input("to the right", 9, 5);
  const gemm = builder.op("Gemm", [left, right], { transA: int(1), transB: int(1), alpha: float(0.5) });
  output("product", gemm);
  output("probabilities", builder.op("Softmax", [gemm], { axis: int(1) }));
  const planes = builder.op("ReduceSum", [builder.op("Reshape", [images, constant(2, 4, 42)]), constant(2)], {
    keepdims: int(0),
  });
  output("sums", builder.op("ReduceSum", [planes, constant(0)], { keepdims: int(0) }));
  output(
    "sum of squares",
    builder.op("ReduceSumSquare", [gradient, constant(0, 1, 2)], { keepdims: int(0) }),
  );
  output("maxima", builder.op("ReduceMax", [gradient, constant(1)], { keepdims: int(1) }));
  return { model: encodeModel(builder.build()), feeds };
}

/** Numbers in [-1, 1] without a pattern that a wrong order would keep. */
function waves(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(1.3 * i + 0.01 * i * i + seed));
}
