import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from "./safetensors.ts";

const example = (): Map<string, SafeTensor> =>
  new Map<string, SafeTensor>([
    ["conv1.weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 5, 6) }],
    ["bn1.num_batches_tracked", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
  ]);

const withHeader = (header: string, body = 0) => {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
};

test("what is written is read back, aligned to 8 bytes", () => {
  const bytes = encodeSafetensors(example(), { format: "pt" });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(metadata).toEqual({ format: "pt" });
  expect(tensors).toEqual(example());
});

test("the bytes are those of the published format", () => {
  const bytes = encodeSafetensors(new Map([["a", { dtype: "F32", shape: [1], data: Float32Array.of(1) }]]));
  const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  expect(new TextDecoder().decode(bytes.subarray(8, 8 + header.length))).toBe(header);
  expect([...bytes.subarray(-4)]).toEqual([0, 0, 0x80, 0x3f]);
});

test.each([
  ["a file of 3 bytes", new Uint8Array(3), "it has 3 bytes, fewer than the 8 of the header length"],
  [
    "a hostile header length",
    new Uint8Array(16).fill(0xff),
    "its header has 18446744073709551615 bytes, the file 16",
  ],
  ["a header that is no JSON", withHeader("{oops"), "its header is no JSON"],
  ["a list for a header", withHeader("[]"), "its header is no JSON object"],
  [
    "an unknown type",
    withHeader('{"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}', 2),
    "a has the element type BF16",
  ],
  [
    "a wrong size",
    withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
    "a has 4 bytes, its shape [2] needs 8",
  ],
  [
    "overlap",
    withHeader(
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
      6,
    ),
    "b lies at bytes 2 to 6; 4 to at most 6",
  ],
  [
    "a tensor past the end",
    withHeader('{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}', 3),
    "a lies at bytes 0 to 4",
  ],
  ["bytes of no tensor", withHeader("{}", 5), "5 bytes belong to no tensor"],
])("refuses %s", (_what, bytes, message) => {
  expect(() => decodeSafetensors(bytes)).toThrow(message);
});

test("refuses data that does not fit its shape", () => {
  const tensors = new Map([["a", { dtype: "F32" as const, shape: [3], data: new Float32Array(2) }]]);
  expect(() => encodeSafetensors(tensors)).toThrow("encodeSafetensors: a must have 3 elements, got 2");
});

test("any cut or changed byte gives the same tensors, other values or an Error, never a crash", () => {
  const whole = encodeSafetensors(example(), { format: "pt" });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (place, value, cut) => {
      const bytes = cut ? whole.slice(0, place) : whole.slice();
      if (!cut) bytes[place] = value;
      try {
        decodeSafetensors(bytes);
        return !cut;
      } catch (error) {
        return error instanceof Error && error.message.startsWith("decodeSafetensors: ");
      }
    }),
    { numRuns: 500 },
  );
});
