import { fromBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { float, int, ints } from "./graph/attributes.ts";
import type { Tensor } from "./graph/graph.ts";
import { float32 } from "./graph/tensor.ts";
import { decodeModel } from "./onnx/decode-model.ts";
import { encodeModel } from "./onnx/encode-model.ts";
import { ModelProtoSchema, type NodeProto } from "./onnx/generated/onnx_pb.ts";
import { constantNode, filled, list, modelFile, node, numbers } from "./trainable/model.fixture.ts";
import type { TrainableOptions } from "./trainable/trainable-options.ts";
import { trainable } from "./trainable.ts";

const names = (bytes: Uint8Array, options?: TrainableOptions) =>
  trainable(bytes, options).parameters.map(({ name }) => name);
const reasons = (bytes: Uint8Array, options?: TrainableOptions) =>
  Object.fromEntries(trainable(bytes, options).fixed.map(({ name, reason }) => [name, reason]));

/** Two layers of convolution and batch normalization over [2, 3, 4, 4], and a linear layer. */
function normalizedNet(initializers: Readonly<Record<string, Tensor>>, more: readonly NodeProto[] = []) {
  const layer = (
    x: string,
    k: number,
    [scale = "", bias = "", mean = "", variance = ""]: readonly string[],
  ) => [
    node("Conv", [x, `conv${k}.weight`], `conv${k}`, { pads: ints(1, 1, 1, 1) }),
    node("BatchNormalization", [`conv${k}`, scale, bias, mean, variance], `bn${k}`, { momentum: float(0.9) }),
  ];
  return (slots: (k: number) => readonly string[]) =>
    modelFile({
      x: [2, 3, 4, 4],
      initializers: {
        "conv1.weight": numbers(3, 3, 3, 3),
        "conv2.weight": numbers(3, 3, 3, 3),
        "fc.weight": numbers(2, 3),
        ...initializers,
      },
      nodes: [
        ...more,
        ...layer("x", 1, slots(1)),
        node("Relu", ["bn1"], "relu"),
        ...layer("relu", 2, slots(2)),
        node("GlobalAveragePool", ["bn2"], "pool"),
        node("Flatten", ["pool"], "features"),
        node("Gemm", ["features", "fc.weight"], "y", { transB: int(1) }),
      ],
    });
}
const slot = ["weight", "bias", "running_mean", "running_var"];
const ofBatchNorms = ["bn1.weight", "bn1.bias", "bn2.weight", "bn2.bias"];

describe("tensors that several nodes share", () => {
  test("of a fresh network, whose equal tensors an exporter made one, each is a parameter of its own", () => {
    // PyTorch's form: Identity nodes keep the names.
    const alias = (from: string, name: string) => node("Identity", [from], name);
    const bytes = normalizedNet({ "bn1.weight": filled(1, 3), "bn1.bias": filled(0, 3) }, [
      alias("bn1.bias", "bn1.running_mean"),
      alias("bn1.weight", "bn1.running_var"),
      alias("bn1.weight", "bn2.weight"),
      alias("bn1.bias", "bn2.bias"),
      alias("bn1.bias", "bn2.running_mean"),
      alias("bn1.weight", "bn2.running_var"),
    ])((k) => slot.map((name) => `bn${k}.${name}`));
    const model = trainable(bytes, { batchNorm: "train" });
    expect(model.parameters.map(({ name }) => name).sort()).toEqual(
      [...ofBatchNorms, "conv1.weight", "conv2.weight", "fc.weight"].sort(),
    );
    expect(new Set(model.parameters.map(({ data }) => data)).size).toBe(7);
    expect(model.runningStatistics.map(({ module }) => module)).toEqual([
      "bn1/BatchNormalization",
      "bn2/BatchNormalization",
    ]);
    for (const [k, { runningMean, runningVar }] of model.runningStatistics.entries()) {
      expect([runningMean, runningVar]).toEqual([new Float32Array(3), new Float32Array(3).fill(1)]);
      runningMean.fill(k + 2);
    }
    for (const [k, { data }] of model.parameters.entries()) data.fill(k + 10);
    expect(names(bytes, { freeze: ["bn1.*"] }).sort()).toEqual(
      ["bn2.bias", "bn2.weight", "conv1.weight", "conv2.weight", "fc.weight"].sort(),
    );
    // The file holds each under the name that it had, and no second one.
    const { graph } = decodeModel(model.save());
    for (const { name, data } of model.parameters) expect(graph.initializers.get(name)?.data).toEqual(data);
    expect(graph.initializers.get("bn1.running_mean")?.data[0]).toBe(2);
    expect(graph.initializers.get("bn2.running_mean")?.data[0]).toBe(3);
    expect(graph.initializers.get("bn2.running_var")?.data[0]).toBe(1);
    expect(graph.nodes.some(({ op }) => op === "Identity")).toBe(false);
  });

  test("without the names they once had, they are called after node and input", () => {
    const bytes = normalizedNet({ ones: filled(1, 3), zeros: filled(0, 3) })(() => [
      "ones",
      "zeros",
      "zeros",
      "ones",
    ]);
    const model = trainable(bytes);
    expect(model.parameters.map(({ name, slots }) => [name, slots])).toEqual([
      ["conv1.weight", ['Conv "conv1/Conv": weight']],
      ["conv2.weight", ['Conv "conv2/Conv": weight']],
      ["fc.weight", ['Gemm "y/Gemm": weight']],
      ["ones", ['BatchNormalization "bn1/BatchNormalization": scale']],
      ["zeros", ['BatchNormalization "bn1/BatchNormalization": bias']],
      ["bn2/BatchNormalization.scale", ['BatchNormalization "bn2/BatchNormalization": scale']],
      ["bn2/BatchNormalization.bias", ['BatchNormalization "bn2/BatchNormalization": bias']],
    ]);
    const [, , , scale] = model.parameters;
    scale?.data.fill(5);
    const { graph } = decodeModel(model.save());
    const read = (name: string) => {
      const [, ...inputs] =
        graph.nodes.find((given) => given.name === `${name}/BatchNormalization`)?.inputs ?? [];
      return inputs.map((input) => graph.initializers.get(input)?.data[0]);
    };
    expect([read("bn1"), read("bn2")]).toEqual([
      [5, 0, 0, 1],
      [1, 0, 0, 1],
    ]);
  });

  test("weights and running statistics are never one, whatever they hold; weights that differ from 0 and 1 stay one", () => {
    const bytes = normalizedNet({ a: numbers(3), b: float32([3], [0.2, 0.4, 0.6]) })(() => [
      "a",
      "b",
      "b",
      "a",
    ]);
    const model = trainable(bytes, { batchNorm: "train" });
    expect(model.parameters.map(({ name }) => name)).toEqual([
      "conv1.weight",
      "conv2.weight",
      "fc.weight",
      "a",
      "b",
    ]);
    const [first, second] = model.runningStatistics;
    // Read by two nodes, updated by both.
    expect(first?.runningMean).toBe(second?.runningMean);
    first?.runningVar.fill(9);
    const { graph } = decodeModel(model.save());
    expect(graph.initializers.get("a")?.data).toEqual(numbers(3).data);
    expect(graph.initializers.get("bn1/BatchNormalization.variance")?.data[0]).toBe(9);
  });

  test("a matrix that embeds and projects is one weight", () => {
    const bytes = modelFile({
      x: [2],
      type: 7,
      initializers: { table: numbers(4, 3) },
      nodes: [
        node("Gather", ["table", "x"], "rows"),
        node("Transpose", ["table"], "head", { perm: ints(1, 0) }),
        node("MatMul", ["rows", "head"], "y"),
      ],
    });
    expect(trainable(bytes).parameters.map(({ name, slots }) => [name, slots])).toEqual([
      ["table", ['Gather "rows/Gather": data', 'MatMul "y/MatMul": weight']],
    ]);
  });

  test("biases of 0 that an old file shares get Constant nodes of their own", () => {
    const bytes = modelFile({
      irVersion: 3,
      initializers: { w: numbers(3, 3), v: numbers(3, 3), zero: filled(0, 3) },
      nodes: [node("Gemm", ["x", "w", "zero"], "h"), node("Gemm", ["h", "v", "zero"], "y")],
    });
    const model = trainable(bytes);
    expect(model.parameters.map(({ name }) => name).sort()).toEqual(["v", "w", "y/Gemm.bias", "zero"].sort());
    model.parameters.find(({ name }) => name === "y/Gemm.bias")?.data.fill(4);
    const { graph } = fromBinary(ModelProtoSchema, model.save());
    expect(graph?.initializer.map(({ name }) => name)).toEqual(["w", "v", "zero"]);
    expect(decodeModel(model.save()).graph.initializers.get("y/Gemm.bias")?.data).toEqual(
      Float32Array.of(4, 4, 4),
    );
  });

  test("a file of which nothing is separated and trained keeps every byte", () => {
    const bytes = normalizedNet({ ones: filled(1, 3), zeros: filled(0, 3) })(() => [
      "ones",
      "zeros",
      "zeros",
      "ones",
    ]);
    expect(trainable(bytes, { train: ["fc.*"] }).save()).toEqual(bytes);
  });
});

describe("what is trained", () => {
  const w = numbers(3, 3);

  test("weights in Constant nodes, beside initializers", () => {
    const bytes = modelFile({
      initializers: { w },
      nodes: [
        constantNode("v", numbers(3, 3)),
        constantNode("b", numbers(3)),
        node("Gemm", ["x", "w"], "h"),
        node("MatMul", ["h", "v"], "m"),
        node("Add", ["m", "b"], "y"),
      ],
    });
    expect(names(bytes)).toEqual(["w", "v", "b"]);
  });

  test("weights of one element", () => {
    const bytes = modelFile({
      x: [2, 1, 3, 3],
      initializers: {
        filter: numbers(1, 1, 1, 1),
        scale: filled(1, 1),
        bias: filled(0, 1),
        mean: filled(0.5, 1),
        variance: filled(2, 1),
        slope: filled(0.25, 1),
        gain: filled(1.5, 1),
        half: float32([], [0.5]),
      },
      nodes: [
        node("Conv", ["x", "filter"], "conv"),
        node("BatchNormalization", ["conv", "scale", "bias", "mean", "variance"], "bn"),
        node("PRelu", ["bn", "slope"], "act"),
        node("Mul", ["act", "gain"], "scaled"),
        node("Mul", ["scaled", "half"], "halved"),
        node("Flatten", ["halved"], "y"),
      ],
    });
    expect(names(bytes)).toEqual(["filter", "scale", "bias", "slope", "gain"]);
    expect(reasons(bytes)).toEqual({
      mean: "running statistics",
      variance: "running statistics",
      half: "a single number without dimensions",
    });
    expect(trainable(bytes).summary).toBe(
      "5 tensors with 5 elements are trained; 2 tensors with 2 elements stay (running statistics); 1 tensor with 1 element stays (a single number without dimensions)",
    );
    expect(names(bytes, { train: ["*", "half"] })).toEqual([
      "filter",
      "scale",
      "bias",
      "slope",
      "gain",
      "half",
    ]);
  });

  test("no filters that somebody worked out, no preparation of the input, no masks, no settings", () => {
    const blur = [1, 2, 1].flatMap((a) => [1, 2, 1].map((b) => (a * b) / 16));
    const sobel = [1, 0, -1, 2, 0, -2, 1, 0, -1];
    const bytes = modelFile({
      x: [2, 3, 8, 8],
      initializers: {
        w: numbers(4, 3, 3, 3),
        depthwise: numbers(4, 1, 3, 3),
        blur: float32([4, 1, 3, 3], [blur, blur, blur, blur].flat()),
        bank: float32([2, 1, 3, 3], [sobel, blur].flat()),
        mask: float32([1, 2, 2], [0, -1e9, 0, 0]),
        unused: numbers(2),
      },
      nodes: [
        constantNode("mean", numbers(1, 3, 1, 1)),
        constantNode("std", numbers(1, 3, 1, 1)),
        constantNode("gain", numbers(1, 3, 1, 1)),
        constantNode("one", filled(1, 2)),
        constantNode("zero", filled(0, 2)),
        constantNode("shape", list(2, 2, 2, -1)),
        constantNode("low", filled(-1)),
        constantNode("high", filled(1)),
        node("Sub", ["x", "mean"], "centred"),
        node("Div", ["centred", "std"], "normal"),
        node("Mul", ["normal", "gain"], "scaled"),
        node("Conv", ["scaled", "w"], "features"),
        node("Conv", ["features", "depthwise"], "deep", { group: int(4) }),
        node("Conv", ["deep", "blur"], "blurred", { group: int(4) }),
        node("Slice", ["blurred", "from", "to", "axis"], "two"),
        node("Conv", ["two", "bank"], "edges", { group: int(2), pads: ints(1, 1, 1, 1) }),
        node("InstanceNormalization", ["edges", "one", "zero"], "alike"),
        node("Clip", ["alike", "low", "high"], "clipped"),
        node("Add", ["clipped", "mask"], "masked"),
        node("Reshape", ["masked", "flat"], "y"),
        constantNode("from", list(0)),
        constantNode("to", list(2)),
        constantNode("axis", list(1)),
        constantNode("flat", list(2, -1)),
      ],
    });
    expect(names(bytes)).toEqual(["w", "depthwise"]);
    expect(reasons(bytes)).toEqual({
      blur: "a fixed filter",
      bank: "a fixed filter",
      mask: "a mask",
      unused: "does not lead to the logits",
      mean: "prepares the input",
      std: "prepares the input",
      gain: "prepares the input",
      one: "a scale of 1 or a bias of 0",
      zero: "a scale of 1 or a bias of 0",
      low: 'sets up Clip "clipped/Clip"',
      high: 'sets up Clip "clipped/Clip"',
    });
    expect(names(bytes, { train: ["w", "blur"] })).toEqual(["w", "blur"]);
  });

  test("no filter that is repeated per channel, no transform that is transposed", () => {
    const cosines = Array.from({ length: 64 }, (_, i) =>
      Math.cos((Math.PI / 8) * Math.floor(i / 8) * ((i % 8) + 0.5)),
    );
    const bytes = modelFile({
      x: [2, 4, 10],
      initializers: {
        taps: float32([1, 1, 3], [0.25, 0.5, 0.25]),
        transform: float32([8, 8], cosines),
        ...{ w: numbers(8, 8), repeats: list(4, 1, 1), flat: list(2, -1), head: numbers(32, 3) },
      },
      nodes: [
        node("Tile", ["taps", "repeats"], "filters"),
        node("Conv", ["x", "filters"], "smooth", { group: int(4) }),
        node("Transpose", ["transform"], "inverse"),
        node("MatMul", ["smooth", "inverse"], "spectrum"),
        node("MatMul", ["spectrum", "w"], "mixed"),
        node("Reshape", ["mixed", "flat"], "features"),
        node("MatMul", ["features", "head"], "y"),
      ],
    });
    expect(names(bytes)).toEqual(["w", "head"]);
    expect(reasons(bytes)).toEqual({ taps: "a fixed filter", transform: "a fixed filter" });
  });

  test("weights in another form: transposed, cut, scaled, expanded over the batch", () => {
    const bytes = modelFile({
      x: ["batch", 2, 3],
      initializers: {
        ...{ w: numbers(6, 3), token: numbers(1, 1, 3), position: numbers(1, 3, 3), scale: numbers(3, 1) },
        ...{ start: list(0), end: list(3), axis: list(0), minus: list(-1, -1), end1: list(1), one: list(1) },
      },
      nodes: [
        node("Shape", ["x"], "sizes"),
        node("Slice", ["sizes", "start", "end1", "axis"], "batch"),
        node("Concat", ["batch", "one", "one"], "target", { axis: int(0) }),
        node("Expand", ["token", "target"], "tokens"),
        node("Concat", ["tokens", "x"], "joined", { axis: int(1) }),
        node("Add", ["joined", "position"], "placed"),
        node("Slice", ["w", "start", "end", "axis"], "half"),
        node("Mul", ["half", "scale"], "scaled"),
        node("Transpose", ["scaled"], "turned"),
        node("MatMul", ["placed", "turned"], "products"),
        node("ReduceMean", ["products"], "y", { axes: ints(1), keepdims: int(0) }),
      ],
    });
    expect(names(bytes, { batchSize: 4 })).toEqual(["w", "token", "position", "scale"]);
  });
});

describe("freeze and train", () => {
  const net = normalizedNet({
    ...Object.fromEntries(["bn1", "bn2"].flatMap((bn) => slot.map((name) => [`${bn}.${name}`, numbers(3)]))),
    "bn1.running_var": float32([3], [1, 2, 3]),
    "bn2.running_var": float32([3], [3, 2, 1]),
  })((k) => slot.map((name) => `bn${k}.${name}`));
  const followers = (options: TrainableOptions) =>
    trainable(net, { batchNorm: "train", ...options }).runningStatistics.map(({ module }) => module);

  test.each<[string, TrainableOptions, readonly string[]]>([
    ["a module", { freeze: ["bn1.*"] }, ["bn2/BatchNormalization"]],
    ["a running mean", { freeze: ["bn2.running_mean"] }, ["bn1/BatchNormalization"]],
    ["scale and bias", { freeze: ["bn2.weight", "bn2.bias"] }, ["bn1/BatchNormalization"]],
    ["a scale alone", { freeze: ["bn2.weight"] }, ["bn1/BatchNormalization", "bn2/BatchNormalization"]],
    ["all but the last layer", { train: ["fc.*"] }, []],
    ["all but one module", { train: ["bn2.*", "fc.*"] }, ["bn2/BatchNormalization"]],
  ])("hold the running statistics of %s", (_, options, modules) => {
    expect(followers(options)).toEqual(modules);
    // Those held are used, not those of the batch.
    const { step } = trainable(net, { batchNorm: "train", ...options });
    const inTraining = step.graph.nodes.filter(({ attributes }) => "training_mode" in attributes);
    const forward = inTraining.map(({ name }) => name).filter((name) => name.startsWith("bn"));
    expect(forward).toEqual(modules);
  });

  test("train picks, freeze comes before it", () => {
    expect(names(net, { train: ["bn*", "fc.weight"], freeze: ["bn1.*"] })).toEqual([
      "fc.weight",
      "bn2.weight",
      "bn2.bias",
    ]);
    expect(reasons(net, { train: ["fc.*"], freeze: ["conv*"] })).toMatchObject({
      "conv1.weight": "frozen",
      "bn1.weight": "not to be trained",
      "bn1.running_mean": "running statistics",
    });
  });

  test.each<[string, TrainableOptions, string]>([
    [
      "a misspelt name",
      { train: ["fc.wieght"] },
      'trainable: train must match names of tensors in the model, got "fc.wieght"; did you mean "fc.weight"?',
    ],
    [
      "a misspelt module",
      { freeze: ["bnn1.*"] },
      'trainable: freeze must match names of tensors in the model, got "bnn1.*"; did you mean "bn1.*"?',
    ],
    [
      "running statistics to train",
      { train: ["bn1.running_mean"] },
      'trainable: train must name what has a gradient, got "bn1.running_mean" (running statistics); leave it out',
    ],
    [
      "another mode",
      { batchNorm: "eval" as "train" },
      'trainable: batchNorm must be one of frozen, train, got "eval"',
    ],
    [
      "an unknown option",
      { batchnorm: "train" } as TrainableOptions,
      'trainable: option must be one of inputs, batchSize, logits, loss, freeze, train, batchNorm, classes, seed, externalData, got "batchnorm"; did you mean "batchNorm"?',
    ],
    [
      "a misspelt loss",
      { loss: "ms" as "mse" },
      'trainable: loss must be one of softmax-cross-entropy, binary-cross-entropy, mse, l1, huber, got "ms"; did you mean "mse"?',
    ],
    ["no samples", { batchSize: 0 }, "trainable: batchSize must be an integer >= 1, got 0"],
    ["half a sample", { batchSize: 1.5 }, "trainable: batchSize must be an integer >= 1, got 1.5"],
  ])("refuse %s", (_, options, message) => {
    expect(() => trainable(net, options)).toThrow(new RangeError(message));
  });

  test.each<[string, object, string]>([
    [
      "one pattern",
      { freeze: "bn1.*" },
      'trainable: freeze must be a list of names, in which * stands for any characters, got "bn1.*"',
    ],
    ["a number as logits", { logits: 3 }, "trainable: logits must be the name of a value, got 3"],
    ["a text as the batch size", { batchSize: "4" }, 'trainable: batchSize must be an integer >= 1, got "4"'],
    [
      "a shape as inputs",
      { inputs: [4, 3] },
      "trainable: inputs must be lists of sizes by input name, got [4,3]",
    ],
    [
      "a flag as the mode",
      { batchNorm: true },
      "trainable: batchNorm must be one of frozen, train, got true",
    ],
  ])("refuse %s", (_, options, message) => {
    expect(() => trainable(net, options as TrainableOptions)).toThrow(new TypeError(message));
  });

  test("batchNorm train needs a batch normalization", () => {
    const bytes = modelFile({ initializers: { w: numbers(3, 3) }, nodes: [node("MatMul", ["x", "w"], "y")] });
    expect(() => trainable(bytes, { batchNorm: "train" })).toThrow(
      new RangeError(
        'trainable: batchNorm must be "frozen" for a model without BatchNormalization nodes before the logits, got "train"; exporters fold them into convolutions: export the model for training, or leave batchNorm out',
      ),
    );
  });
});

describe("a final activation", () => {
  const ending = (...nodes: readonly NodeProto[]) =>
    modelFile({
      initializers: { w: numbers(3, 3), flat: list(2, 3), axes: list(2) },
      nodes: [node("MatMul", ["x", "w"], "z"), ...nodes],
    });
  test.each<[string, Uint8Array, string]>([
    ["Identity", ending(node("Softmax", ["z"], "p"), node("Identity", ["p"], "y")), "Softmax"],
    [
      "Cast",
      ending(
        node("Softmax", ["z"], "p"),
        node("Cast", ["p"], "d", { to: int(11) }),
        node("Cast", ["d"], "y", { to: int(1) }),
      ),
      "Softmax",
    ],
    ["Reshape", ending(node("Sigmoid", ["z"], "p"), node("Reshape", ["p", "flat"], "y")), "Sigmoid"],
    ["Flatten", ending(node("LogSoftmax", ["z"], "p"), node("Flatten", ["p"], "y")), "LogSoftmax"],
    [
      "Unsqueeze and Squeeze",
      ending(
        node("Softmax", ["z"], "p"),
        node("Unsqueeze", ["p", "axes"], "u"),
        node("Squeeze", ["u", "axes"], "y"),
      ),
      "Softmax",
    ],
    ["Log", ending(node("Softmax", ["z"], "p"), node("Log", ["p"], "y")), "Softmax"],
    ["nothing", ending(node("Softmax", ["z"], "y")), "Softmax"],
  ])("behind %s is not applied twice", (_, bytes, op) => {
    for (const loss of ["softmax-cross-entropy", "binary-cross-entropy"] as const) {
      expect(() => trainable(bytes, { loss })).toThrow(
        `trainable: logits must be given for a model that ends in ${op} "`,
      );
      expect(() => trainable(bytes, { loss })).toThrow('since the loss contains it; pass "z"');
      expect(() => trainable(bytes, { loss, logits: "y" })).toThrow('pass "z"');
      expect(trainable(bytes, { loss, logits: "z" }).step.logits).toBe("z");
    }
    // Other losses compare what the model yields.
    expect(trainable(bytes, { loss: "mse" }).step.logits).toBe("y");
  });

  test("of a convolution leaves logits [B, C, 1, 1], which the loss reads as rows", () => {
    const bytes = modelFile({
      x: [2, 3, 1, 1],
      initializers: { w: numbers(4, 3, 1, 1) },
      nodes: [
        node("Conv", ["x", "w"], "z"),
        node("Softmax", ["z"], "p", { axis: int(1) }),
        node("Flatten", ["p"], "y"),
      ],
    });
    const { step } = trainable(bytes, { logits: "z" });
    expect(step.graph.values.get(step.target)?.shape).toEqual([2, 4]);
  });
});

test("nodes may stand in any order, and are written back in it", () => {
  const nodes = [
    node("MatMul", ["h", "v"], "y"),
    node("Relu", ["m"], "h"),
    node("MatMul", ["x", "w"], "m"),
    constantNode("v", numbers(3, 3)),
  ];
  const bytes = modelFile({ initializers: { w: numbers(3, 3) }, nodes });
  const model = trainable(bytes);
  expect(model.parameters.map(({ name }) => name)).toEqual(["w", "v"]);
  expect(model.save()).toEqual(bytes);
});

describe("Dropout in training mode", () => {
  const dropping = (ratio: number) =>
    modelFile({
      initializers: { w: numbers(3, 3), ratio: float32([], [ratio]) },
      nodes: [
        constantNode("training", { dtype: "bool", shape: [], data: Uint8Array.of(1) }),
        node("MatMul", ["x", "w"], "z"),
        node("Dropout", ["z", "ratio", "training"], "y"),
      ],
    });

  test("with a ratio of 0 drops nothing, as in Swin", () => {
    const { step, parameters } = trainable(dropping(0));
    expect(parameters.map(({ name }) => name)).toEqual(["w"]);
    expect(step.graph.nodes.some(({ op }) => op === "Dropout")).toBe(false);
  });

  test("with another ratio is refused", () => {
    expect(() => trainable(dropping(0.1))).toThrow(
      new RangeError(
        'Dropout "y/Dropout": training_mode must be false, got true; multiply by a mask that is fed as an input',
      ),
    );
  });
});

test("indices of int32 pick rows, and the gradient goes to them", async () => {
  const bytes = modelFile({
    x: [3],
    type: 6,
    initializers: { table: numbers(4, 2) },
    nodes: [node("Gather", ["table", "x"], "y", { axis: int(0) })],
  });
  const { step, parameters } = trainable(bytes, { loss: "mse" });
  const session = await InferenceSession.create(encodeModel(step.graph), { logSeverityLevel: 3 });
  const table = parameters[0]?.data ?? new Float32Array();
  const results = await session.run({
    x: new OrtTensor("int32", Int32Array.of(2, 0, 2), [3]),
    table: new OrtTensor("float32", table, [4, 2]),
    [step.target]: new OrtTensor("float32", new Float32Array(6), [3, 2]),
  });
  const grad = results[step.gradients.get("table") ?? ""]?.data;
  // 2 z / 6, twice for the row that is picked twice.
  const times = [1, 1, 0, 0, 2, 2, 0, 0];
  for (const [i, value] of table.entries()) {
    expect(Number(grad?.[i])).toBeCloseTo(((times[i] ?? 0) * value) / 3, 5);
  }
});
