import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { toFloat32 } from "../to-float32.ts";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { type TorchDict, TorchNamespace, TorchTensor, type TorchValue } from "./torch-value.ts";

const read = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../../../test/golden/torch-files/${name}`, import.meta.url));
const decode = async (name: string): Promise<TorchValue> => decodeTorchFile(await read(name));

function dict(value: TorchValue | undefined): TorchDict {
  if (value instanceof Map) return value;
  throw new TypeError("no dict");
}

/** Shape and numbers of a tensor. */
function plain(value: TorchValue | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: TorchValue) => plain(item));
  if (!(value instanceof TorchTensor)) throw new TypeError("no tensor");
  return [value.shape, Array.from(toFloat32(value) ?? value.data, Number)];
}

const formats = [".pth", "-protocol-4.pth", "-legacy.pth"];

test.each(formats)("reads values of Python as torch.save writes them: values%s", async (format) => {
  const { args, ...values } = Object.fromEntries(dict(await decode(`values${format}`)));
  expect(values).toEqual({
    none: null,
    booleans: [true, false],
    integers: [0, -1, 255, 256, 65536, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 2n ** 53n, -(2n ** 70n)],
    floats: [0.1, 1, Number.POSITIVE_INFINITY, -0],
    text: ["", "é", "😀\n"],
    bytes: [new Uint8Array(0), Uint8Array.of(0, 128, 255)],
    bytearray: Uint8Array.of(97, 98),
    tuples: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
    set: [7],
    dict: new Map<unknown, string>([
      [1, "one"],
      [2.5, "float"],
      [null, "none"],
      ["__proto__", "text"],
    ]),
    ordered: new Map([
      ["b", 1],
      ["a", 2],
    ]),
    counter: new Map([
      ["a", 2],
      ["b", 1],
      ["c", 1],
    ]),
    size: [2, 3],
    dtype: "torch.bfloat16",
    devices: ["cpu", "cuda:1"],
    many: Array.from({ length: 3000 }, (_, i) => i),
  });
  expect(args).toBeInstanceOf(TorchNamespace);
  expect(args).toHaveProperty(
    "entries",
    new Map<string, unknown>([
      ["model", "resnet18"],
      ["lr", 0.1],
      ["decay_milestones", [30, 60]],
      ["mean", null],
    ]),
  );
});

test.each(formats)("reads tensors of every type and layout: tensors%s", async (format) => {
  const { types, ...tensors } = Object.fromEntries(dict(await decode(`tensors${format}`)));
  const byType = [...dict(types)].map(([name, tensor]) => [
    name,
    tensor instanceof TorchTensor ? tensor.dtype : null,
    plain(tensor),
  ]);
  expect(byType).toEqual([
    ["torch.float64", "F64", [[3], [0, 1, 100]]],
    ["torch.float32", "F32", [[3], [0, 1, 100]]],
    ["torch.float16", "F16", [[3], [0, 1, 100]]],
    ["torch.bfloat16", "BF16", [[3], [0, 1, 100]]],
    ["torch.int64", "I64", [[3], [0, 1, 100]]],
    ["torch.int32", "I32", [[3], [0, 1, 100]]],
    ["torch.int16", "I16", [[3], [0, 1, 100]]],
    ["torch.int8", "I8", [[3], [0, 1, 100]]],
    ["torch.uint8", "U8", [[3], [0, 1, 100]]],
    ["torch.bool", "BOOL", [[3], [0, 1, 1]]],
  ]);
  expect(
    Object.fromEntries(Object.entries<TorchValue>(tensors).map(([name, tensor]) => [name, plain(tensor)])),
  ).toEqual({
    scalar: [[], [7]],
    empty: [[0, 3], []],
    transposed: [
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
    "long transposed": [
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
    "channels last": [[1, 2, 3, 4], Array.from({ length: 24 }, (_, i) => i)],
    "every third": [[8], [1, 4, 7, 10, 13, 16, 19, 22]],
    expanded: [
      [2, 2],
      [5, 5, 5, 5],
    ],
    shared: [
      [[4], [0, 1, 2, 3]],
      [[8], [4, 5, 6, 7, 8, 9, 10, 11]],
      [
        [3, 4],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      ],
    ],
    parameter: [[1], [1.5]],
    gradient: [[1], [2.5]],
  });
});

test("a state dict comes in its order, without the versions of modules", async () => {
  const state = dict(await decode("state-dict.pth"));
  expect([...state].map(([name, tensor]) => [name, plain(tensor)])).toEqual([
    ["weight", [[2], [1, 1]]],
    ["bias", [[2], [0, 0]]],
    ["running_mean", [[2], [0, 0]]],
    ["running_var", [[2], [1, 1]]],
    ["num_batches_tracked", [[], [0]]],
  ]);
});

test("tensors share the file's memory where they can, wherever the file begins", async () => {
  const bytes = await read("tensors.pth");
  const shares = (file: Uint8Array): boolean => {
    const scalar = dict(decodeTorchFile(file)).get("scalar");
    return scalar instanceof TorchTensor && scalar.data.buffer === file.buffer;
  };
  const moved = new Uint8Array(bytes.length + 4);
  moved.set(bytes, 4);
  expect([shares(new Uint8Array(bytes)), shares(moved.subarray(4))]).toEqual([true, false]);
  expect(plain(dict(decodeTorchFile(moved.subarray(4))).get("scalar"))).toEqual([[], [7]]);
});

test.each([
  [
    "module.pth",
    /^decodeTorchFile: the file is not read: it names torch\.nn\.modules\.linear\.Linear: a whole model/,
  ],
  [
    "script.pt",
    /^decodeTorchFile: the file is not read: it is a TorchScript archive; in Python save the weights/,
  ],
  [
    "complex.pth",
    /it holds a tensor of ComplexFloatStorage, which is not read; in Python convert it to one of float64, /,
  ],
  ["sparse.pth", /it holds a sparse tensor, which is not read; in Python leave it out or convert it$/],
  ["storage.pth", /it holds a storage without a tensor; in Python save a tensor of it$/],
])("%s is refused: it says what is not read", async (name, message) => {
  await expect(decode(name)).rejects.toThrow(message);
});
