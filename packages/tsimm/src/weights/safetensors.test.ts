import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from "./safetensors.ts";

const example = new Map<string, SafeTensor>([
  ["conv1.weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 5, 6) }],
  ["bn1.num_batches_tracked", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
]);

const file = (header: string, dataLength = 0, headerLength = BigInt(Buffer.byteLength(header))) => {
  const bytes = new Uint8Array(8 + Buffer.byteLength(header) + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, headerLength, true);
  bytes.set(Buffer.from(header), 8);
  return bytes;
};

test("a Node Buffer is read like any other bytes", () => {
  const tensors = new Map<string, SafeTensor>([
    ["a", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }],
  ]);
  const padded = Buffer.concat([Buffer.from("before"), encodeSafetensors(tensors)]);
  expect(decodeSafetensors(padded.subarray(6)).tensors).toEqual(tensors);
});

test("the bytes are those of the published format", () => {
  const header =
    '{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},' +
    '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const bytes = encodeSafetensors(
    new Map<string, SafeTensor>([
      ["b", { dtype: "U8", shape: [2], data: Uint8Array.of(5, 6) }],
      ["a", { dtype: "F32", shape: [1], data: Float32Array.of(1) }],
    ]),
    { format: "pt" },
  );
  const headerLength = Math.ceil(header.length / 8) * 8;
  expect([...bytes.subarray(0, 8)]).toEqual([headerLength, 0, 0, 0, 0, 0, 0, 0]);
  expect(Buffer.from(bytes.subarray(8, 8 + headerLength)).toString()).toBe(header.padEnd(headerLength));
  expect([...bytes.subarray(8 + headerLength)]).toEqual([0, 0, 0x80, 0x3f, 5, 6]);
  expect(bytes.buffer.byteLength).toBe(bytes.length);
});

const tensor = fc
  .tuple(fc.constantFrom("F64", "F32", "I64", "I32", "I16", "I8", "U8", "BOOL", "F16"), fc.nat(4), fc.nat(3))
  .map(([dtype, rows, columns]): SafeTensor => {
    const length = rows * columns;
    const values = Array.from({ length }, (_, i) => i);
    const arrays = {
      F64: () => Float64Array.from(values),
      F32: () => Float32Array.from(values),
      F16: () => Uint16Array.from(values),
      I64: () => BigInt64Array.from(values, BigInt),
      I32: () => Int32Array.from(values),
      I16: () => Int16Array.from(values),
      I8: () => Int8Array.from(values),
      U8: () => Uint8Array.from(values),
      BOOL: () => Uint8Array.from(values, (value) => value % 2),
    };
    return { dtype, shape: [rows, columns], data: arrays[dtype]() };
  });
const names = fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__");

test("whatever is written is read back, in the same order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name }),
      fc.dictionary(fc.string(), fc.string()),
      fc.nat(9),
      (entries, metadata, offset) => {
        const tensors = new Map(entries.filter(([name]) => !isIndex(name)));
        const bytes = encodeSafetensors(tensors, metadata);
        const shifted = new Uint8Array(bytes.length + offset);
        shifted.set(bytes, offset);
        const decoded = decodeSafetensors(shifted.subarray(offset));
        expect([...decoded.tensors]).toEqual([...tensors]);
        expect({ ...decoded.metadata }).toEqual({ ...metadata });
      },
    ),
    { numRuns: 300 },
  );
});

// Objects hold such keys before all others.
const isIndex = (name: string) => /^(0|[1-9]\d*)$/.test(name);

const one = (entry: string) => `{"a":${entry}}`;
const end = "; the file is damaged or not a safetensors file";

describe("decodeSafetensors refuses", () => {
  test.each([
    ["no bytes", new Uint8Array(0), "file must have at least 8 bytes, got 0"],
    [
      "a hostile header length",
      new Uint8Array(16).fill(0xff),
      "header length must be at most 8 in a file of 16 bytes, got 18446744073709551615",
    ],
    [
      "a header longer than the file",
      file("{}", 0, 3n),
      "header length must be at most 2 in a file of 10 bytes, got 3",
    ],
    ["a list for a header", file("[]"), "header must be a JSON object"],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}'), "__metadata__ must hold text by key"],
    [
      "an unknown type",
      file(one('{"dtype":"F8","shape":[],"data_offsets":[0,1]}'), 1),
      'dtype of "a" must be one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL, got "F8"',
    ],
    [
      "an entry that is no object",
      file(one("5")),
      'dtype of "a" must be one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL, got undefined',
    ],
    [
      "a negative dimension",
      file(one('{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}'), 1),
      'shape of "a" must be integers >= 0, got [-1]',
    ],
    [
      "a tensor past the end",
      file(one('{"dtype":"U8","shape":[4],"data_offsets":[0,4]}'), 3),
      'data_offsets of "a" must lie in the 3 bytes of data, got [0,4]',
    ],
    [
      "offsets in reverse",
      file(one('{"dtype":"U8","shape":[1],"data_offsets":[2,1]}'), 3),
      'data_offsets of "a" must lie in the 3 bytes of data, got [2,1]',
    ],
    [
      "a size that does not fit the shape",
      file(one('{"dtype":"F32","shape":[2],"data_offsets":[0,4]}'), 4),
      'data_offsets of "a" must span 8 bytes for F32 [2], got 4',
    ],
    [
      "a size beyond all memory",
      file(one('{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}'), 4),
      'data_offsets of "a" must span 3.2451855365842665e+32 bytes for F32 [9007199254740991,9007199254740991], got 4',
    ],
    [
      "overlapping tensors",
      file(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
        6,
      ),
      'data of "b" must begin at byte 4, got 2',
    ],
    [
      "a gap between tensors",
      file(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}',
        6,
      ),
      'data of "a" must begin at byte 3, got 4',
    ],
    [
      "a name that is there twice",
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      'each key of the header must be there once, got "a" twice',
    ],
    [
      "metadata that is there twice",
      file('{"__metadata__":{"tsimm":"1","tsimm":"2"}}'),
      'each key of the header must be there once, got "tsimm" twice',
    ],
    [
      "an entry with two types",
      file(one('{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}'), 1),
      'each key of the header must be there once, got "dtype" twice',
    ],
    [
      "a name with control characters",
      file('{"a\\u001b[31m":5}'),
      'dtype of "a\\x1b[31m" must be one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL, got undefined',
    ],
    ["bytes of no tensor", file("{}", 5), "data must end with the last tensor at byte 0, got 5 bytes"],
  ])("%s", (_, bytes, problem) => {
    expect(() => decodeSafetensors(bytes)).toThrow(new Error(`decodeSafetensors: ${problem}${end}`));
  });

  test.each([
    ["no JSON", Buffer.from("{oops")],
    ["no UTF-8", Buffer.of(0x22, 0xff, 0x22)],
  ])("a header that is %s", (_, header) => {
    const bytes = Buffer.concat([Buffer.of(header.length, 0, 0, 0, 0, 0, 0, 0), header]);
    expect(() => decodeSafetensors(bytes)).toThrow("decodeSafetensors: header must be JSON (");
  });
});

test("any cut is refused, any changed byte gives tensors or a plain error", () => {
  const whole = encodeSafetensors(example, { format: "pt" });
  const expected = { message: expect.stringMatching(/^decodeSafetensors: .*not a safetensors file$/s) };
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, value) => {
      expect(() => decodeSafetensors(whole.subarray(0, place))).toThrow(expect.objectContaining(expected));
      const bytes = whole.slice();
      bytes[place] = value;
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        expect(error).toMatchObject(expected);
      }
    }),
    { numRuns: 1000 },
  );
});

test("tensors that do not fit are not written", () => {
  const write =
    (tensor: SafeTensor, name = "a") =>
    () =>
      encodeSafetensors(new Map([[name, tensor]]));
  expect(write({ dtype: "U8", shape: [0], data: new Uint8Array(0) }, "__metadata__")).toThrow(
    new RangeError('encodeSafetensors: a tensor must not be named "__metadata__"; rename it'),
  );
  expect(write({ dtype: "F32", shape: [3], data: new Float32Array(2) })).toThrow(
    new RangeError('encodeSafetensors: data of "a" must have 3 elements for shape [3], got 2'),
  );
  expect(write({ dtype: "F32", shape: [2], data: new Float64Array(2) })).toThrow(
    new TypeError('encodeSafetensors: data of "a" must be a Float32Array for F32, got Float64Array'),
  );
});
