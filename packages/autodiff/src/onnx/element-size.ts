/** Bytes of an element by ONNX's number for its type. */
const sizes: ReadonlyMap<number, number> = new Map([
  ...[[1, 4] as const, [2, 1] as const, [3, 1] as const, [4, 2] as const, [5, 2] as const, [6, 4] as const],
  ...[[7, 8] as const, [9, 1] as const, [10, 2] as const, [11, 8] as const, [12, 4] as const],
  ...[[13, 8] as const, [16, 2] as const, [17, 1] as const, [18, 1] as const, [19, 1] as const],
  [20, 1] as const,
]);

/** Bytes of an element; undefined for types whose elements are packed or texts. */
export function elementSize(dataType: number): number | undefined {
  return sizes.get(dataType);
}
