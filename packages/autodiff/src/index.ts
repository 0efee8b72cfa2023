export type * from "./graph/graph.ts";
