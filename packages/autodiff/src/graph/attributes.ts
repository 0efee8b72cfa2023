/** Constructors and readers of operator attributes. */
import type { Attribute, Attributes, Tensor } from "./graph.ts";

/**
 * An integer attribute.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [2, 3, 4]);
 * builder.op("Flatten", [x], { axis: int(1) }).shape; // => [2, 12]
 */
export function int(value: number): Attribute {
  return { type: "int", value };
}

/**
 * A floating-point attribute; ONNX stores it as float32.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [2, 3]);
 * builder.op("LeakyRelu", [x], { alpha: float(0.2) });
 * builder.nodes[0].attributes; // => { alpha: { type: "float", value: 0.2 } }
 */
export function float(value: number): Attribute {
  return { type: "float", value };
}

/**
 * A list of integers.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [2, 3, 4]);
 * builder.op("Transpose", [x], { perm: ints(0, 2, 1) }).shape; // => [2, 4, 3]
 */
export function ints(...value: number[]): Attribute {
  return { type: "ints", value };
}

/**
 * A list of floating-point numbers; ONNX stores them as float32.
 *
 * @example
 * floats(0.5, 2); // => { type: "floats", value: [0.5, 2] }
 */
export function floats(...value: number[]): Attribute {
  return { type: "floats", value };
}

/**
 * A string attribute.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [2, 3]);
 * builder.op("Gelu", [x], { approximate: text("tanh") });
 * readText(builder.nodes[0].attributes, "approximate", "none"); // => "tanh"
 */
export function text(value: string): Attribute {
  return { type: "string", value };
}

/**
 * A tensor attribute.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const shape = builder.constant(int64([2], [2, 3]));
 * builder.op("ConstantOfShape", [shape], { value: tensor(float32([1], [0.5])) }).shape; // => [2, 3]
 */
export function tensor(value: Tensor): Attribute {
  return { type: "tensor", value };
}

/**
 * The integer attribute `name`, or `fallback` where it is absent.
 *
 * @example
 * readInt({ value: int(2) }, "value", 1); // => 2
 * readInt({}, "value", 1); // => 1
 */
export function readInt(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.type === "int" ? attribute.value : fallback;
}

/**
 * The floating-point attribute `name`, or `fallback` where it is absent.
 *
 * @example
 * readFloat({ value: float(0.5) }, "value", 1); // => 0.5
 * readFloat({}, "value", 1); // => 1
 */
export function readFloat(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.type === "float" ? attribute.value : fallback;
}

/**
 * The list of integers `name`, or `fallback` where it is absent.
 *
 * @example
 * readInts({ value: ints(1, 1) }, "value", []); // => [1, 1]
 * readInts({}, "value", []); // => []
 */
export function readInts(
  attributes: Attributes,
  name: string,
  fallback: readonly number[],
): readonly number[] {
  const attribute = attributes[name];
  return attribute?.type === "ints" ? attribute.value : fallback;
}

/**
 * The string attribute `name`, or `fallback` where it is absent.
 *
 * @example
 * readText({ value: text("edge") }, "value", "constant"); // => "edge"
 * readText({}, "value", "constant"); // => "constant"
 */
export function readText(attributes: Attributes, name: string, fallback: string): string {
  const attribute = attributes[name];
  return attribute?.type === "string" ? attribute.value : fallback;
}
