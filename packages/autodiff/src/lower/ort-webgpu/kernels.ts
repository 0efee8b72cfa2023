/** The operators for which ONNX Runtime's WebGPU provider has kernels, as of 1.30. */
import type { DataType, Graph, Node } from "../../graph/graph.ts";

/** Element types of a value that flows between nodes. */
const numbers: readonly DataType[] = ["float32", "int32"];

/** Operators of floats, and which types they take beside float32 and int32, inputs and outputs together. */
const operators: ReadonlyMap<string, readonly DataType[]> = new Map([
  ...among([], "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Elu", "Erf"),
  ...among([], "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish"),
  ...among([], "Neg", "Reciprocal", "Relu", "Sigmoid", "Sin", "Sinh", "Softplus", "Sqrt", "Swish", "Tan"),
  ...among([], "Tanh", "ThresholdedRelu", "Clip", "PRelu", "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"),
  ...among(["bool"], "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Not", "Where"),
  ...among(["bool", "uint8"], "Cast"),
  ...among(["bool"], "Flatten"),
  ...among([], "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Slice", "Split", "Concat"),
  ...among([], "Pad", "Resize", "DepthToSpace", "CumSum", "Trilu"),
  ...among(["int64"], "ConstantOfShape", "Range", "Shape", "TopK", "ArgMax", "ArgMin"),
  ...among(["int64"], "Gather", "GatherElements", "GatherND", "ScatterElements", "ScatterND"),
  ...among([], "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"),
  ...among([], "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Softmax"),
  ...among([], "BatchNormalization", "InstanceNormalization", "LayerNormalization", "LpNormalization"),
  ...among([], "RMSNormalization", "Einsum", "Gemm", "MatMul", "Conv", "ConvTranspose"),
  ...among([], "AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool"),
  ...among([], "com.microsoft.FusedConv", "com.microsoft.Gelu", "com.microsoft.QuickGelu"),
  ...among([], "com.microsoft.FastGelu", "com.microsoft.BiasGelu", "com.microsoft.SkipLayerNormalization"),
]);

function among(types: readonly DataType[], ...names: string[]): [string, readonly DataType[]][] {
  return names.map((name) => [name, types]);
}

/**
 * Checks that the provider leaves no node to the CPU. What follows from constants alone is computed when a model is loaded.
 *
 * @throws RangeError that names the first node without a kernel.
 */
export function checkKernels(graph: Graph): void {
  const constants = new Set(graph.initializers.keys());
  for (const node of graph.nodes) {
    if (node.inputs.every((name) => name === "" || constants.has(name))) {
      for (const name of node.outputs) constants.add(name);
      continue;
    }
    const op = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
    const others = operators.get(op);
    const unfit = others && typeWithoutKernel(graph, constants, node, others);
    if (others && unfit === undefined) continue;
    const what = unfit === undefined ? op : `${op} of ${unfit}`;
    throw new RangeError(`lower: node "${node.name}" (${what}) does not run on WebGPU; use --engine native`);
  }
}

/** The type of a computed value that a node reads or writes and its kernel does not. */
function typeWithoutKernel(
  { values }: Graph,
  constants: ReadonlySet<string>,
  { inputs, outputs }: Node,
  others: readonly DataType[],
): DataType | undefined {
  const names = [...inputs.filter((name) => !constants.has(name)), ...outputs];
  const types = names.flatMap((name) => values.get(name)?.dtype ?? []);
  return types.find((dtype) => !numbers.includes(dtype) && !others.includes(dtype));
}
