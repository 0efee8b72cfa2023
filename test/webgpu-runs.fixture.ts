/** Runs a graph on the CPU and its lowered form on the software GPU. */
import { encodeModel, type Graph, type Tensor } from "@tsimm/autodiff";
import { elementCount } from "../packages/autodiff/src/graph/tensor.ts";
import { nativeEngine } from "../packages/tsimm/src/runtime/onnxruntime-node.ts";
import type { SoftwareGpu } from "./software-gpu.fixture.ts";

type Tensors = Record<string, Tensor>;

/**
 * The outputs of both.
 *
 * @param graph - For the CPU.
 * @param lowered - The same for the GPU.
 * @param given - Inputs; others are drawn from [-1, 1).
 */
export async function onCpuAndGpu(
  gpu: SoftwareGpu,
  graph: Graph,
  lowered: Graph,
  given: Readonly<Tensors> = {},
): Promise<{ expected: Tensors; results: Tensors }> {
  const feeds = { ...drawnInputs(graph), ...given };
  const session = await (await nativeEngine()).load(encodeModel(graph));
  const expected = await session.run(feeds);
  await session.close();
  return { expected, results: await gpu.run(encodeModel(lowered), feeds) };
}

/** A tensor from [-1, 1) for each input, the same ones every time. */
export function drawnInputs({ inputs }: Graph): Tensors {
  let state = 5;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state / 2 ** 31) * 2 - 1;
  };
  return Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const data = Float32Array.from({ length: elementCount(shape) }, draw);
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** The largest difference of two tensors, relative to the largest number expected, or to 1e-6 where all are less. */
export function largestDifference(tensor: Tensor | undefined, expected: Tensor | undefined): number {
  const numbers = numbersOf(expected);
  const others = numbersOf(tensor);
  const scale = Math.max(1e-6, ...numbers.map(Math.abs));
  if (others.length !== numbers.length) return Number.NaN;
  return Math.max(
    0,
    ...numbers.map((number, index) => Math.abs(number - (others[index] ?? Number.NaN)) / scale),
  );
}

/** The length of the difference of two lists of tensors, relative to that of the expected ones. */
export function relativeDistance(
  tensors: Readonly<Tensors>,
  expected: Readonly<Tensors>,
  names: Iterable<string>,
): number {
  let [distance, length] = [0, 0];
  for (const name of names) {
    const others = numbersOf(tensors[name]);
    for (const [index, number] of numbersOf(expected[name]).entries()) {
      distance += (number - (others[index] ?? Number.NaN)) ** 2;
      length += number ** 2;
    }
  }
  return Math.sqrt(distance / length);
}

function numbersOf(tensor: Tensor | undefined): number[] {
  return tensor ? Array.from<number | bigint, number>(tensor.data, Number) : [];
}
