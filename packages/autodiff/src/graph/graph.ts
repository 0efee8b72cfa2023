/**
 * The intermediate representation: an ONNX graph whose every value has a static shape.
 *
 * A graph is data. {@link GraphBuilder} makes one, gradient rules extend one, the codec in `onnx/` reads
 * and writes one.
 */

/** Element types that graphs use, by their ONNX names. */
export type DataType = "float32" | "float64" | "int32" | "int64" | "uint8" | "int8" | "bool";

/** The array that holds a tensor's elements: `bool` in a Uint8Array of 0 and 1. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;

/** A constant: elements in row-major order. */
export interface Tensor {
  readonly dtype: DataType;
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A named tensor that flows through a graph: a graph input, an initializer or a node's output. */
export interface Value {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** An operator attribute, tagged with its ONNX type. */
export type Attribute =
  | { readonly type: "int"; readonly value: number }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints"; readonly value: readonly number[] }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Tensor };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operator application. Inputs and outputs are value names; "" stands for an absent optional one. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** Operator set: "" is `ai.onnx`. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A whole graph, its nodes in an order in which each reads only what stands before it. */
export interface Graph {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  /** Constants stored in the graph, by value name. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Every value by name: inputs, initializers, outputs of nodes. */
  readonly values: ReadonlyMap<string, Value>;
}
