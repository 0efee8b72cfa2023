/** The interface of a spelling. */
import type { Node, Value } from "../../graph/graph.ts";
import type { Rewriting } from "./rewriting.ts";

/** Defines the outputs of a node; false: the node stays as it is. */
export type Recipe = (rewriting: Rewriting, node: Node) => boolean;

/** Computes the first output of a node, which nothing but has one; undefined: the node stays as it is. */
export type Spelling = (rewriting: Rewriting, node: Node) => Value | undefined;

/** The recipe of a spelling. */
export function recipeOf(spelling: Spelling): Recipe {
  return (rewriting, node) => {
    const value = spelling(rewriting, node);
    if (value) rewriting.define(node.outputs[0] ?? "", value);
    return value !== undefined;
  };
}
