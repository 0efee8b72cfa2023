import { expect, test } from "vitest";
import { compile } from "../../run-graph.fixture.ts";
import { float, int, ints, text } from "../attributes.ts";
import { GraphBuilder } from "../builder.ts";
import { dataTypeCode } from "../data-type.ts";
import type { Attributes } from "../graph.ts";
import { elementCount, int64 } from "../tensor.ts";

/** Operator, shapes of its float32 inputs (numbers: a constant list of int64), attributes, expected shape. */
type Row = [
  string,
  readonly (readonly number[] | { readonly constant: readonly number[] })[],
  Attributes,
  number[],
];

const list = (...constant: number[]) => ({ constant });

/** The fixture fails where ONNX Runtime's shape differs from the inferred one. */
test.each<Row>([
  ["Sqrt", [[2, 3]], {}, [2, 3]],
  ["Softmax", [[2, 3]], { axis: int(1) }, [2, 3]],
  ["Max", [[2, 1], [3], [1, 1]], {}, [2, 3]],
  ["Pow", [[2, 1], [3]], {}, [2, 3]],
  [
    "Sum",
    [
      [4, 1, 3],
      [2, 1],
    ],
    {},
    [4, 2, 3],
  ],
  ["ReduceSum", [[2, 3, 4], list(1, -1)], {}, [2, 1, 1]],
  ["ReduceSum", [[2, 3, 4], list(0)], { keepdims: int(0) }, [3, 4]],
  ["ReduceSum", [[2, 3]], { keepdims: int(0) }, []],
  ["ReduceMean", [[2, 3, 4], list(2)], {}, [2, 3, 1]],
  ["ReduceMax", [[2, 3], list(-2)], { keepdims: int(0) }, [3]],
  ["Reshape", [[2, 3, 4], list(0, -1)], {}, [2, 12]],
  ["Flatten", [[2, 3, 4]], { axis: int(-1) }, [6, 4]],
  ["Flatten", [[2, 3, 4]], { axis: int(0) }, [1, 24]],
  ["Transpose", [[2, 3, 4]], {}, [4, 3, 2]],
  [
    "Concat",
    [
      [2, 3],
      [2, 5],
    ],
    { axis: int(-1) },
    [2, 8],
  ],
  ["Slice", [[5, 6], list(1), list(100), list(1), list(2)], {}, [5, 3]],
  ["Slice", [[5, 6], list(-1, -2), list(-100, 0), list(0, 1), list(-1, -2)], {}, [5, 2]],
  ["Slice", [[5, 6], list(3), list(2)], {}, [0, 6]],
  ["Pad", [[2, 3], list(1, 0, 2, 1)], {}, [5, 4]],
  ["Expand", [[3, 1], list(2, 1, 4)], {}, [2, 3, 4]],
  ["Squeeze", [[1, 2, 1], list(-1)], {}, [1, 2]],
  ["Squeeze", [[1, 2, 1]], {}, [2]],
  ["ArgMax", [[2, 3]], { axis: int(-1), keepdims: int(0) }, [2]],
  ["ArgMin", [[2, 3]], {}, [1, 3]],
  ["IsNaN", [[2, 3]], {}, [2, 3]],
  ["MatMul", [[3], [3]], {}, []],
  ["MatMul", [[2, 4, 3], [3]], {}, [2, 4]],
  [
    "Einsum",
    [
      [2, 3, 4],
      [2, 4],
    ],
    { equation: text("bij,bj->bi") },
    [2, 3],
  ],
  ["Unsqueeze", [[2, 3], list(0, -1)], {}, [1, 2, 3, 1]],
  [
    "MatMul",
    [
      [5, 1, 2, 3],
      [4, 3, 6],
    ],
    {},
    [5, 4, 2, 6],
  ],
  [
    "MaxPool",
    [[1, 2, 7, 8]],
    { kernel_shape: ints(3, 2), strides: ints(2, 3), ceil_mode: int(1) },
    [1, 2, 3, 3],
  ],
  ["MaxPool", [[1, 2, 7, 7]], { kernel_shape: ints(2, 2), dilations: ints(3, 2) }, [1, 2, 4, 5]],
  [
    "ConvTranspose",
    [
      [1, 4, 3, 3],
      [4, 2, 3, 3],
    ],
    { strides: ints(2, 2), output_padding: ints(1, 0), group: int(2) },
    [1, 4, 8, 7],
  ],
])("infers what ONNX Runtime computes: %s of %o with %o", async (op, inputs, attributes, expected) => {
  const builder = new GraphBuilder("shape");
  const values = inputs.map((given, index) =>
    "constant" in given
      ? builder.constant(int64([given.constant.length], given.constant))
      : builder.input(`x${index}`, "float32", given),
  );
  const y = builder.op(op, values, attributes);
  expect(y.shape).toEqual(expected);
  builder.output(y, "y");
  const graph = builder.build();
  const feeds = graph.inputs.map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]);
  const results = await (await compile(graph))(Object.fromEntries(feeds));
  expect(results.y).toHaveLength(elementCount(expected));
});

test("infers types of comparison, selection and cast", () => {
  const builder = new GraphBuilder("types");
  const x = builder.input("x", "float32", [2, 1]);
  const y = builder.input("y", "float32", [3]);
  const condition = builder.op("Greater", [x, y]);
  expect(condition).toMatchObject({ dtype: "bool", shape: [2, 3] });
  expect(builder.op("Where", [condition, x, y])).toMatchObject({ dtype: "float32", shape: [2, 3] });
  const cast = builder.op("Cast", [x], { to: int(dataTypeCode("int64")) });
  expect(cast).toMatchObject({ dtype: "int64", shape: [2, 1] });
});

const images = [1, 3, 4, 4];

test.each<[string, Row[1], Attributes, string]>([
  ["Relu", [], {}, 'Relu "node": input 0 must be given, got none'],
  [
    "Conv",
    [
      [3, 4],
      [1, 3, 1, 1],
    ],
    {},
    'Conv "node": input 0 must have 4 dimensions, got [3, 4]',
  ],
  ["Conv", [images, [2, 3, 1, 1], [3]], {}, 'Conv "node": bias must have shape [2], got [3]'],
  [
    "Conv",
    [images, [2, 3, 5, 5]],
    {},
    'Conv "node": the padded input must be at least as large as the window [5, 5], got [1, 3, 4, 4]',
  ],
  [
    "Conv",
    [images, [2, 3, 1, 1]],
    { auto_pad: text("SAME_UPPER") },
    'Conv "node": auto_pad must be NOTSET, got SAME_UPPER; give pads instead',
  ],
  [
    "BatchNormalization",
    [images, [3], [3], [3], [2]],
    { epsilon: float(0) },
    'BatchNormalization "node": variance must have shape [3], got [2]',
  ],
  [
    "Gemm",
    [
      [2, 3],
      [2, 3],
    ],
    {},
    'Gemm "node": inner dimensions must agree, got [2, 3] and [2, 3]',
  ],
  ["MatMul", [[2, 3], [4]], {}, 'MatMul "node": shapes must multiply, got [2, 3] and [4]'],
  ["MatMul", [[], [4]], {}, 'MatMul "node": inputs must have at least 1 dimension, got [] and [4]'],
  ["TopK", [[2, 3], list(4)], {}, 'TopK "node": k must be in [0, 3], got 4'],
  [
    "Einsum",
    [[2, 3], [4]],
    { equation: text("ij,j->i") },
    'Einsum "node": input 1 must fit the term "j", got [4]',
  ],
  [
    "Einsum",
    [[2, 2]],
    { equation: text("ii->i") },
    'Einsum "node": equation must name each axis of an input by a letter of its own, got "ii->i"',
  ],
  [
    "Slice",
    [[5], list(0), list(4), list(0), list(0)],
    {},
    'Slice "node": starts, ends, axes and steps must be of one length, steps not 0, got [0], [4], [0], [0]',
  ],
  [
    "Squeeze",
    [[2, 1], list(0)],
    {},
    'Squeeze "node": axes must name dimensions of size 1, got [0] for [2, 1]',
  ],
  ["Pad", [[2, 3], list(1, 1)], {}, 'Pad "node": pads must have 4 entries, got [1, 1]'],
  ["Where", [[2], [2], [2]], {}, 'Where "node": condition must be bool, got float32; cast it'],
  ["PRelu", [[2], [3, 2]], {}, 'PRelu "node": slope must broadcast to [2], got [3, 2]'],
  [
    "GroupNormalization",
    [[1, 6, 2, 2], [3], [3]],
    { num_groups: int(2) },
    'GroupNormalization "node": scale must have shape [6], got [3]',
  ],
  [
    "MatMul",
    [
      [2, 2, 3],
      [3, 3, 4],
    ],
    {},
    'MatMul "node": shapes must multiply, got [2, 2, 3] and [3, 3, 4]',
  ],
  [
    "Reshape",
    [[2, 3], list(4, -1)],
    {},
    'Reshape "node": the new shape must hold 6 elements, got [4, -1] for [2, 3]',
  ],
  ["Reshape", [[2, 3], [2]], {}, 'Reshape "node": input 1 must be a constant, since shapes are static'],
  ["Transpose", [[2, 3]], { perm: ints(0, 0) }, 'Transpose "node": perm must permute 2 axes, got [0, 0]'],
  [
    "Concat",
    [
      [2, 3],
      [3, 3],
    ],
    { axis: int(1) },
    'Concat "node": inputs must agree outside of axis 1, got [2, 3] and [3, 3]',
  ],
  ["Concat", [[2, 3]], { axis: int(2) }, 'Concat "node": axis must be in [-2, 1], got 2'],
  ["Expand", [[2], list(3)], {}, 'Expand "node": shape must broadcast, got [2] and [3]'],
  [
    "Cast",
    [[2]],
    { to: int(99) },
    'Cast "node": output must have one of the element types float32, uint8, int8, int32, int64, bool, float64, got number 99; convert the model to float32',
  ],
])("rejects %s of %o with %o", (op, inputs, attributes, message) => {
  const builder = new GraphBuilder("bad");
  const values = inputs.map((given, index) =>
    "constant" in given
      ? builder.constant(int64([given.constant.length], given.constant))
      : builder.input(`x${index}`, "float32", given),
  );
  expect(() => builder.op(op, values, attributes, { name: "node" })).toThrow(new RangeError(message));
});
