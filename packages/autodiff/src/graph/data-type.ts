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

/** Whether ONNX's number stands for an element type that graphs use. */
export function isStoredType(code: number): boolean {
  return dataTypes.has(code);
}

/** Other types. */
const others: ReadonlyMap<number, string> = new Map([
  [0, "none"],
  [4, "uint16"],
  [5, "int16"],
  [8, "string"],
  [10, "float16"],
  [12, "uint32"],
  [13, "uint64"],
  [16, "bfloat16"],
  [17, "float8e4m3fn"],
  [18, "float8e4m3fnuz"],
  [19, "float8e5m2"],
  [20, "float8e5m2fnuz"],
  [21, "uint4"],
  [22, "int4"],
]);

/** Name of any element type. */
export function dataTypeName(code: number): string {
  return dataTypes.get(code) ?? others.get(code) ?? `number ${code}`;
}

/**
 * The element type behind ONNX's number.
 *
 * @param subject - What has the type, for the message.
 * @throws RangeError if it is none that graphs use.
 */
export function storedType(code: number, subject: string): DataType {
  const dtype = dataTypes.get(code);
  if (dtype) return dtype;
  const known = [...dataTypes.values()].join(", ");
  throw new RangeError(
    `${subject} must have one of the element types ${known}, got ${dataTypeName(code)}; convert the model to float32`,
  );
}
