import { expect, test } from "vitest";
import { int, ints } from "./attributes.ts";
import { GraphBuilder } from "./builder.ts";
import { float32, int64 } from "./tensor.ts";

test("infers the shape of each output as it is added", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("input", "float32", [4, 3, 16, 16]);
  const w = builder.input("conv1.weight", "float32", [8, 3, 3, 3]);
  const y = builder.op("Conv", [x, w], { pads: ints(1, 1, 1, 1) }, { name: "conv1" });
  expect(y).toEqual({ name: "conv1_output_0", dtype: "float32", shape: [4, 8, 16, 16] });
  const pooled = builder.op("MaxPool", [y], { kernel_shape: ints(3, 3), strides: ints(2, 2) });
  expect(pooled.shape).toEqual([4, 8, 7, 7]);
  const flat = builder.op("Flatten", [pooled], { axis: int(1) });
  expect(flat.shape).toEqual([4, 8 * 7 * 7]);
});

test("gives a computed value the name of the output without another node", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2]);
  const y = builder.op("Relu", [x]);
  builder.output(y, "y");
  builder.output(builder.op("Neg", [y]), "z");
  const graph = builder.build();
  expect(graph.nodes.map((node) => [node.op, node.inputs, node.outputs])).toEqual([
    ["Relu", ["x"], ["y"]],
    ["Neg", ["y"], ["z"]],
  ]);
  expect([...graph.values.keys()]).toEqual(["x", "y", "z"]);
});

test("copies a value that has two output names", () => {
  const builder = new GraphBuilder("net");
  const y = builder.op("Relu", [builder.input("x", "float32", [2])]);
  builder.output(y, "a");
  builder.output(y, "b");
  const { nodes, outputs } = builder.build();
  expect(nodes.map((node) => [node.op, node.inputs, node.outputs])).toEqual([
    ["Relu", ["x"], ["a"]],
    ["Identity", ["a"], ["b"]],
  ]);
  expect(outputs.map((value) => value.name)).toEqual(["a", "b"]);
});

test("shares equal constants and drops what no output needs", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2, 3]);
  const shape = builder.constant(int64([1], [-1]));
  expect(builder.constant(int64([1], [-1]))).toBe(shape);
  expect(builder.constant(int64([1], [6]))).not.toBe(shape);
  builder.op("Mul", [x, builder.constant(float32([], [2]))]);
  builder.output(builder.op("Reshape", [x, shape]), "flat");
  const graph = builder.build();
  expect(graph.nodes).toHaveLength(1);
  expect([...graph.initializers.keys()]).toEqual([shape.name]);
  expect(graph.outputs[0]?.shape).toEqual([6]);
});

test("extends a graph and keeps what it holds", () => {
  const first = new GraphBuilder("net", { opset: 17 });
  first.output(first.op("Relu", [first.input("x", "float32", [2])]), "y");
  const builder = new GraphBuilder(first.build());
  builder.output(builder.op("Relu", [builder.value("y")]), "z");
  const graph = builder.build();
  expect(graph.opset).toBe(17);
  expect(graph.nodes.map((node) => node.name)).toEqual(["Relu_0", "Relu_1"]);
  expect(graph.outputs.map((value) => value.name)).toEqual(["y", "z"]);
});

test("adds an optional output to a node that exists", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [1, 1, 4, 4]);
  builder.output(builder.op("MaxPool", [x], { kernel_shape: ints(2, 2) }, { name: "pool" }), "y");
  const indices = builder.optionalOutput("pool", 1);
  expect(indices).toEqual({ name: "pool_output_1", dtype: "int64", shape: [1, 1, 3, 3] });
  expect(builder.optionalOutput("pool", 1)).toEqual(indices);
  expect(builder.build().nodes[0]?.outputs).toEqual(["y", "pool_output_1"]);
});

test("computes a value in another way, before those that read it", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2]);
  builder.op("Neg", [x], {}, { name: "negated" });
  builder.output(builder.op("Relu", [builder.value("negated_output_0")]), "y");
  const zero = builder.constant(float32([], [0]));
  builder.redefine("negated", builder.op("Sub", [zero, x], {}, { name: "subtracted" }));
  expect(builder.build().nodes).toMatchObject([
    { name: "subtracted", outputs: ["negated_output_0"] },
    { op: "Relu", inputs: ["negated_output_0"], outputs: ["y"] },
  ]);
  builder.op("Mul", [x, x], {}, { name: "product" });
  expect(() => builder.redefine("product", x)).toThrow(
    new RangeError('GraphBuilder: value must be a node\'s and of the type of "product_output_0", got "x"'),
  );
});

test("takes several values from others at once, also where these are read or outputs themselves", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2, 4]);
  const [left, right] = builder.ops("Split", [x], { axis: int(1) }, 2, { name: "split" });
  builder.output(builder.op("Add", [left ?? null, right ?? null], {}, { name: "sum" }), "y");
  const other = builder.op("Neg", [right ?? null], {}, { name: "other" });
  builder.output(builder.op("Exp", [other], {}, { name: "reader" }), "z");
  // Another's output, read by a node; the graph's input cannot lose its name.
  builder.substitute(new Map([["split_output_0", other]]));
  expect(() => builder.value("other_output_0")).toThrow(RangeError);
  builder.substitute(new Map([["sum_output_0", builder.value("split_output_0")]]));
  const { nodes, outputs } = builder.build();
  expect(nodes.map(({ op, inputs, outputs }) => `${op} ${inputs} -> ${outputs}`)).toEqual([
    "Split x -> split_output_0_0_unread,split_output_1",
    "Neg split_output_1 -> y",
    "Exp y -> z",
  ]);
  expect(outputs.map(({ name }) => name)).toEqual(["y", "z"]);
});

test("copies what takes over two values, or none of its own", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2]);
  for (const op of ["Neg", "Abs", "Exp"]) builder.output(builder.op(op, [x], {}, { name: op }), `y${op}`);
  const sine = builder.op("Sin", [x], {}, { name: "Sin" });
  builder.substitute(
    new Map([
      ["Neg_output_0", sine],
      ["Abs_output_0", sine],
      ["Exp_output_0", x],
    ]),
  );
  const { nodes } = builder.build();
  expect(nodes.map(({ op, inputs, outputs }) => `${op} ${inputs} -> ${outputs}`)).toEqual([
    "Sin x -> yNeg",
    "Identity yNeg -> yAbs",
    "Identity x -> yExp",
  ]);
  const other = builder.input("other", "float32", [3]);
  expect(() => builder.substitute(new Map([["Neg_output_0", other]]))).toThrow(
    new RangeError('GraphBuilder: value must be a node\'s and of the type of "Neg_output_0", got "other"'),
  );
  expect(() => builder.substitute(new Map([["x", sine]]))).toThrow(RangeError);
});

test.each<[string, (builder: GraphBuilder) => unknown, string]>([
  [
    "an unknown operator",
    (builder) => builder.op("Convv", [builder.input("x", "float32", [1])]),
    'Convv "Convv_0": op must be one whose shapes can be inferred, got "Convv"; leave its node out of the model',
  ],
  [
    "shapes that do not broadcast",
    (builder) => builder.op("Add", [builder.input("a", "float32", [2]), builder.input("b", "float32", [3])]),
    'Add "Add_0": shapes must broadcast, got [2] and [3]',
  ],
  [
    "a convolution of other channels",
    (builder) =>
      builder.op(
        "Conv",
        [builder.input("x", "float32", [1, 3, 8, 8]), builder.input("w", "float32", [64, 4, 3, 3])],
        {},
        { name: "conv1" },
      ),
    'Conv "conv1": weight must have shape [K, C/groups, R, S] = [64, 3, 3, 3], got [64, 4, 3, 3]',
  ],
  [
    "a name that is taken",
    (builder) => [builder.input("x", "float32", [1]), builder.input("x", "float32", [1])],
    'GraphBuilder: name must be unique and not empty, got "x"',
  ],
  [
    "a value of another graph",
    (builder) =>
      builder.op("Relu", [new GraphBuilder("other").input("y", "float32", [1])], {}, { name: "act" }),
    'GraphBuilder: inputs of "act" must belong to this graph, got "y"',
  ],
  [
    "a graph without outputs",
    (builder) => builder.build(),
    'GraphBuilder: graph "net" must have an output, got none; call output() first',
  ],
  [
    "data that does not fill its shape",
    () => float32([2, 2], [1]),
    "float32: data must have 4 elements to fill shape [2, 2], got 1",
  ],
])("rejects %s", (_, act, message) => {
  expect(() => act(new GraphBuilder("net"))).toThrow(new RangeError(message));
});
