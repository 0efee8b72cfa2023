/** Storages of PyTorch by name, and the types of their elements. */
import type { SafeTensorsType } from "../safetensors.ts";

/** Type of the elements by the storage's class; null: PyTorch has it, safetensors files and this program do not. */
export const STORAGE_TYPES: ReadonlyMap<string, SafeTensorsType | null> = new Map([
  ["DoubleStorage", "F64"],
  ["FloatStorage", "F32"],
  ["HalfStorage", "F16"],
  ["BFloat16Storage", "BF16"],
  ["LongStorage", "I64"],
  ["IntStorage", "I32"],
  ["ShortStorage", "I16"],
  ["CharStorage", "I8"],
  ["ByteStorage", "U8"],
  ["BoolStorage", "BOOL"],
  ["UntypedStorage", "U8"],
  ["ComplexDoubleStorage", null],
  ["ComplexFloatStorage", null],
  ["QInt32Storage", null],
  ["QInt8Storage", null],
  ["QUInt2x4Storage", null],
  ["QUInt4x2Storage", null],
  ["QUInt8Storage", null],
]);

/** Type of the elements by PyTorch's name of it. */
export const DTYPES: ReadonlyMap<string, SafeTensorsType | null> = new Map([
  ["float64", "F64"],
  ["float32", "F32"],
  ["float16", "F16"],
  ["bfloat16", "BF16"],
  ["int64", "I64"],
  ["int32", "I32"],
  ["int16", "I16"],
  ["int8", "I8"],
  ["uint8", "U8"],
  ["bool", "BOOL"],
  ...[
    ...["uint16", "uint32", "uint64", "complex32", "complex64", "complex128"],
    ...[
      "float8_e4m3fn",
      "float8_e4m3fnuz",
      "float8_e5m2",
      "float8_e5m2fnuz",
      "float8_e8m0fnu",
      "float4_e2m1fn_x2",
    ],
    ...["qint8", "quint8", "qint32", "quint4x2", "quint2x4"],
  ].map((name): [string, null] => [name, null]),
]);
