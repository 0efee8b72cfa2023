import fc from "fast-check";
import { expect, test } from "vitest";
import { ELEMENT_ARRAYS } from "../element-arrays.ts";
import type { SafeTensorsType } from "../safetensors.ts";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { encodeTorchFile } from "./encode-torch-file.ts";
import { PythonFloat, TorchNamespace, TorchTensor, type TorchValue } from "./torch-value.ts";

const shape = fc.array(fc.nat(3), { maxLength: 4 });
const dtype = fc.constantFrom(...(Object.keys(ELEMENT_ARRAYS) as SafeTensorsType[]));
const tensor = fc.record({ dtype, shape, seed: fc.integer() }).map((given) => {
  const length = given.shape.reduce((product, size) => product * size, 1);
  const bytes = Uint8Array.from(
    { length: length * ELEMENT_ARRAYS[given.dtype].BYTES_PER_ELEMENT },
    (_, i) => given.seed * (i + 1),
  );
  const data = new ELEMENT_ARRAYS[given.dtype](bytes.buffer);
  return new TorchTensor({ dtype: given.dtype, shape: given.shape, data });
});

const key = fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger(), fc.boolean());
const { value } = fc.letrec<{ value: TorchValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 2039n }),
    fc.bigInt({ min: -(2n ** 2039n), max: -(2n ** 60n) }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array(),
    tensor,
    fc.array(tie("value")),
    fc.array(fc.tuple(key, tie("value"))).map((entries) => new Map(entries)),
  ),
}));

test("every value comes back as it was", () => {
  fc.assert(
    fc.property(value, (written) => {
      expect(decodeTorchFile(encodeTorchFile(written))).toStrictEqual(written);
    }),
  );
});

test("a float that is whole comes back as a number", () => {
  expect(decodeTorchFile(encodeTorchFile([new PythonFloat(1), -0, 2 ** 80]))).toEqual([1, -0, 2 ** 80]);
});

test("the same value gives the same bytes, with each storage at a multiple of 64 bytes", () => {
  const w = new TorchTensor({ dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) });
  const bytes = encodeTorchFile([w, "a", w]);
  expect(encodeTorchFile([w, "a", w])).toEqual(bytes);
  const found = Buffer.from(bytes).indexOf(Buffer.from(w.data.buffer));
  expect(found % 64).toBe(0);
});

const nested = (depth: number): TorchValue => (depth === 0 ? [] : [nested(depth - 1)]);
const itself: TorchValue[] = [];
itself.push(itself);

test.each<[unknown, string]>([
  [
    new TorchNamespace(new Map()),
    "encodeTorchFile: value must be null, a boolean, a number, a bigint, text, bytes, a TorchTensor, an array or a Map (of a TorchNamespace its entries), got a TorchNamespace",
  ],
  [
    [undefined],
    "encodeTorchFile: value must be null, a boolean, a number, a bigint, text, bytes, a TorchTensor, an array or a Map (of a TorchNamespace its entries), got undefined",
  ],
  [nested(256), "encodeTorchFile: arrays and Maps must be at most 256 deep; does one contain itself?"],
  [itself, "encodeTorchFile: arrays and Maps must be at most 256 deep; does one contain itself?"],
  ["\ud800", "encodeTorchFile: text must be well-formed Unicode, got half a pair of surrogates"],
  [2n ** 2039n, "encodeTorchFile: an integer must have at most 255 bytes, got 256"],
  [
    new TorchTensor({ dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3) }),
    "encodeTorchFile: data of a tensor must be a Float32Array of 4 elements for F32 [2,2], got a Float32Array of 3",
  ],
  [
    new TorchTensor({ dtype: "I64", shape: [1], data: Float64Array.of(1) }),
    "encodeTorchFile: data of a tensor must be a BigInt64Array of 1 elements for I64 [1], got a Float64Array of 1",
  ],
])("case %# is refused: it says what must be", (written, message) => {
  expect(() => encodeTorchFile(written as TorchValue)).toThrow(message);
});
