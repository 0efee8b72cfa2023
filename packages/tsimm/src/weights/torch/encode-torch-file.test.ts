import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeTorchFile } from "./decode-torch-file.ts";
import { encodeTorchFile } from "./encode-torch-file.ts";
import { PythonFloat, TorchNamespace, TorchTensor, type TorchValue } from "./torch-value.ts";
import { anyValue } from "./torch-values.fixture.ts";

test("every value comes back as it was", () => {
  fc.assert(
    fc.property(anyValue, (written) => {
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

test("tensors that an archive has no room for are refused", () => {
  const scalar = new TorchTensor({ dtype: "U8", shape: [], data: Uint8Array.of(1) });
  expect(() => encodeTorchFile(new Array(65_533).fill(scalar))).toThrow(
    "encodeTorchFile: there must be at most 65532 tensors, got 65533; write them in several files",
  );
});

test("4 GiB are refused before they are copied", () => {
  // The system gives no memory to what is not touched.
  const data = new Uint8Array(2 ** 30);
  const part = new TorchTensor({ dtype: "U8", shape: [2 ** 30], data });
  expect(() => encodeTorchFile([part, part, part, part])).toThrow(
    "encodeTorchFile: tensors must have less than 4 GiB together; write them in several files",
  );
});
