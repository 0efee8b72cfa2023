/** Values of PyTorch's files for properties. */
import fc from "fast-check";
import { ELEMENT_ARRAYS } from "../element-arrays.ts";
import type { SafeTensorsType } from "../safetensors.ts";
import { TorchTensor, type TorchValue } from "./torch-value.ts";

const shape = fc.array(fc.nat(3), { maxLength: 4 });
const dtype = fc.constantFrom(...(Object.keys(ELEMENT_ARRAYS) as SafeTensorsType[]));

/** Tensors of every type, of up to 81 elements. */
export const anyTensor: fc.Arbitrary<TorchTensor> = fc
  .record({ dtype, shape, seed: fc.integer() })
  .map(({ dtype, shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const width = ELEMENT_ARRAYS[dtype].BYTES_PER_ELEMENT;
    const byte = (i: number): number => (dtype === "BOOL" ? (seed >> (i & 31)) & 1 : seed * (i + 1));
    const bytes = Uint8Array.from({ length: length * width }, (_, i) => byte(i));
    return new TorchTensor({ dtype, shape, data: new ELEMENT_ARRAYS[dtype](bytes.buffer) });
  });

const key = fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger());

/** Values of every kind but namespaces. */
export const anyValue: fc.Arbitrary<TorchValue> = fc.letrec<{ value: TorchValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 2039n - 1n }),
    fc.bigInt({ min: -(2n ** 2039n), max: -(2n ** 60n) }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array(),
    anyTensor,
    fc.array(tie("value")),
    fc.array(fc.tuple(key, tie("value"))).map((entries) => new Map(entries)),
  ),
})).value;
