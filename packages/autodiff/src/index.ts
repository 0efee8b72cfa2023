export { float, floats, int, ints, tensor, text } from "./graph/attributes.ts";
export { GraphBuilder, type OpOptions } from "./graph/builder.ts";
export type * from "./graph/graph.ts";
export { elementCount, float32, int64 } from "./graph/tensor.ts";
