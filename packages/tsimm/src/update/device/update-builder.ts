/** A graph that reads and writes training state in vectors. */
import { type Arithmetic, arithmetic, type Graph, GraphBuilder, type Value } from "@tsimm/autodiff";
import { vectorGraph } from "../../optim/vector-graph.ts";
import type { VectorLayout } from "../../optim/vector-layout.ts";

/** A vector of training state, or of gradients. */
export interface NamedVector {
  readonly name: string;
  readonly layout: VectorLayout;
}

/** The input of a graph that holds a vector of training state. */
export function inputName(vector: string): string {
  return `update/${vector}`;
}

const next = "update/next/";

/** The output of a graph that holds the next state of a vector. */
export function outputName(vector: string): string {
  return `${next}${vector}`;
}

/** The vector whose next state an output holds; null: it holds something else. */
export function vectorOfOutput(name: string): string | null {
  return name.startsWith(next) ? name.slice(next.length) : null;
}

/** Name of the vector of a moving average. */
export function averageName(vector: string): string {
  return `average.${vector}`;
}

/** A graph under construction. Inputs are added where they are first read, so that none is fed in vain. */
export class UpdateBuilder {
  readonly builder: GraphBuilder;
  readonly math: Arithmetic;
  readonly #vectors = new Map<string, Value>();
  readonly #tensors = new Map<string, readonly Value[]>();

  /** @param step - A graph that is copied into this one later. */
  constructor(name: string, step?: Graph) {
    const reserved = new Set([
      ...(step?.values.keys() ?? []),
      ...(step?.nodes ?? []).map((node) => node.name),
    ]);
    this.builder = new GraphBuilder(name, step ? { opset: step.opset, reserved } : {});
    this.math = arithmetic(this.builder);
  }

  /** A vector of state before the update. */
  vector({ name, layout }: NamedVector): Value {
    const known = this.#vectors.get(name);
    if (known !== undefined) return known;
    const value = this.builder.input(inputName(name), "float32", layout.shape);
    this.#vectors.set(name, value);
    return value;
  }

  /** The tensors of a vector of state before the update. */
  tensors(vector: NamedVector): readonly Value[] {
    const known = this.#tensors.get(vector.name);
    if (known !== undefined) return known;
    const values = vectorGraph(this.builder, vector.layout).split(this.vector(vector));
    this.#tensors.set(vector.name, values);
    return values;
  }

  /** The vector of tensors. */
  join({ layout }: Pick<NamedVector, "layout">, tensors: readonly Value[]): Value {
    return vectorGraph(this.builder, layout).join(tensors);
  }

  /** Makes a value the next state of a vector. */
  write({ name }: Pick<NamedVector, "name">, value: Value): void {
    this.builder.output(value, outputName(name));
  }

  /** Adds the nodes and constants of a graph, whose inputs are the values of these names. */
  copy({ inputs, initializers, nodes }: Graph, values: ReadonlyMap<string, Value>): void {
    const { builder } = this;
    const names = new Map(
      inputs.map(({ name, dtype, shape }) => [
        name,
        (values.get(name) ?? builder.input(name, dtype, shape)).name,
      ]),
    );
    for (const [name, tensor] of initializers) builder.constant(tensor, name);
    for (const node of nodes) {
      builder.node({ ...node, inputs: node.inputs.map((name) => names.get(name) ?? name) });
    }
  }
}
