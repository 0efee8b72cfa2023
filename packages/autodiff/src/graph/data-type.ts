/** ONNX's numbers for element types. */
import type { DataType } from "./graph.ts";

const codes: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

const dataTypes = new Map<number, DataType>();
for (const [dtype, code] of Object.entries(codes)) {
  if (isDataType(dtype)) dataTypes.set(code, dtype);
}

function isDataType(name: string): name is DataType {
  return name in codes;
}

/** ONNX's number for an element type, as in the attribute `to` of Cast. */
export function dataTypeCode(dtype: DataType): number {
  return codes[dtype];
}

/**
 * The element type behind ONNX's number.
 *
 * @throws RangeError if it is none that graphs use.
 */
export function dataTypeOf(code: number): DataType {
  const dtype = dataTypes.get(code);
  if (!dtype) {
    throw new RangeError(
      `dataTypeOf: code must be one of ${[...dataTypes].map(([number, name]) => `${number} (${name})`).join(", ")}, got ${code}`,
    );
  }
  return dtype;
}
