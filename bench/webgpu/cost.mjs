/** Kernels, bytes and FLOPs of a node on ONNX Runtime's WebGPU provider, in the layout NCHW. */

const bytesOf = { float32: 4, int32: 4, int64: 8, float64: 8, uint8: 1, int8: 1, bool: 1 };

/** The same memory under another name. */
const aliases = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"]);

/** Tensors that one kernel binds beside its output; more take several kernels. */
const boundTensors = 7;

const product = (sizes) => sizes.reduce((total, size) => total * size, 1);

/** The nodes of a graph without those that compute the same as one before, or from constants alone. */
export function distinctNodes(graph) {
  const constants = new Set(graph.initializers.keys());
  const names = new Map();
  const seen = new Map();
  return graph.nodes.filter(({ op, domain, inputs, outputs, attributes }) => {
    const read = inputs.map((name) => names.get(name) ?? name);
    if (read.every((name) => name === "" || constants.has(name))) {
      for (const name of outputs) constants.add(name);
      return false;
    }
    const key = JSON.stringify([op, domain, read, attributes]);
    const first = seen.get(key);
    if (first) for (const [index, name] of outputs.entries()) names.set(name, first[index]);
    else seen.set(key, outputs);
    return !first;
  });
}

/** { kernels, bytes, flops } of a node of a graph. */
export function costOf(graph, node) {
  if (aliases.has(node.op)) return { kernels: 0, bytes: 0, flops: 0 };
  const tensorOf = (name) => graph.values.get(name) ?? { dtype: "float32", shape: [0] };
  const size = (name) => product(tensorOf(name).shape) * bytesOf[tensorOf(name).dtype];
  const inputs = node.inputs.filter((name) => name !== "");
  const outputs = node.outputs.filter((name) => name !== "");
  const written = outputs.reduce((total, name) => total + size(name), 0);
  const read = readBytes(node.op, inputs, size, written);
  const [first, second] = node.inputs.map((name) => tensorOf(name).shape);
  const result = tensorOf(outputs[0]).shape;
  const base = { kernels: 1, bytes: read + written, flops: 0 };
  switch (node.op) {
    case "Conv":
    case "FusedConv":
      return convolution(graph, node, base, { second, result, filters: size(node.inputs[1]) });
    case "ConvTranspose":
      return {
        kernels: 2,
        bytes: base.bytes + 2 * size(node.inputs[1]),
        flops: 2 * product(first) * product(second.slice(1)),
      };
    case "MatMul":
      return { ...base, flops: 2 * product(result) * first.at(-1) };
    case "Gemm":
      return { ...base, flops: 2 * product(result) * first[node.attributes.transA?.value === 1 ? 0 : 1] };
    case "Concat":
      return { ...base, kernels: Math.ceil(inputs.length / boundTensors) };
    case "Split":
      return { ...base, kernels: Math.ceil(outputs.length / boundTensors) };
    case "ScatterElements":
      return scatter(graph, node, { base, size });
  }
  if (node.op.startsWith("Reduce")) return reduction(graph, node, base, { first, result });
  return base;
}

/** What is added to is changed in place where nothing else reads it, and copied first elsewhere. */
function scatter(graph, { inputs: [data, indices, updates] }, { base, size }) {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(data)).length;
  const isAlone = readers === 1 && !graph.initializers.has(data);
  if (isAlone) return { ...base, bytes: size(indices) + 3 * size(updates) };
  return { ...base, kernels: 2 };
}

/** Bytes that a node reads: of some operators no more than they write. */
function readBytes(op, inputs, size, written) {
  const [data, ...others] = inputs.map(size);
  if (op === "Slice") return Math.min(data, written);
  if (op === "Gather" || op === "GatherElements") return Math.min(data, written) + (others[0] ?? 0);
  return inputs.reduce((total, name) => total + size(name), 0);
}

/** Filters that are no constants are transposed first, but for those of products and of groups. */
function convolution(graph, node, base, { second, result, filters }) {
  const { group, strides, pads } = node.attributes;
  const kernel = second.slice(2);
  const isProduct =
    product(kernel) === 1 &&
    (strides?.value ?? [1, 1]).every((step) => step === 1) &&
    (pads?.value ?? []).every((pixels) => pixels === 0);
  const transposes = (group?.value ?? 1) === 1 && !isProduct && !graph.initializers.has(node.inputs[1]);
  return {
    kernels: transposes ? 2 : 1,
    bytes: base.bytes + (transposes ? 2 * filters : 0),
    // Constant filters copy taps.
    flops: graph.initializers.has(node.inputs[1]) ? 0 : 2 * product(result) * product(second.slice(1)),
  };
}

/** Axes that are not the innermost ones are transposed to there first, unless few elements make many sums. */
function reduction(graph, node, base, { first, result }) {
  const given = graph.initializers.get(node.inputs[1])?.data ?? node.attributes.axes?.value;
  const rank = first.length;
  const axes = given ? Array.from(given, (axis) => (Number(axis) + rank) % rank) : [...first.keys()];
  const innermost = axes.every((axis) => axis >= rank - axes.length);
  const [sums, length] = [product(result), product(first) / product(result)];
  if (innermost || (length < 32 && sums > 1024)) return base;
  return { ...base, kernels: 2, bytes: base.bytes + 2 * 4 * product(first) };
}
