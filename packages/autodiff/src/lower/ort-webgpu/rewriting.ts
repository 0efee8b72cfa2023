/** A graph on its way into another one that computes the same. */
import { type Arithmetic, arithmetic } from "../../graph/arithmetic.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, Node, Value } from "../../graph/graph.ts";

/** A gradient that is still to be multiplied by a factor per channel. */
export interface ScaledValue {
  /** [B, C, ...]. */
  readonly value: Value;
  /** [C]; null: 1. */
  readonly factor: Value | null;
}

/** A tensor [B, C, H, W] of zeros but for values that were added to single pixels. */
export interface ScatteredValue {
  /** Pixel of its plane that each value goes to, int32 [B C, P]. */
  readonly pixels: Value;
  /** float32 [B C, P]. */
  readonly values: Value;
}

/** What a batch normalization of the batch's statistics leaves for its gradient. */
export interface CentredBatch {
  /** x minus the mean of its channel, of the shape of x. */
  readonly centred: Value;
  /** Biased, [C]. */
  readonly variance: Value;
}

/**
 * The graph that comes about, and which of its values stand for those of the old one. Values that are given as
 * functions are computed where something reads them.
 */
export class Rewriting {
  readonly old: Graph;
  readonly fewBytes: boolean;
  readonly builder: GraphBuilder;
  readonly math: Arithmetic;
  /** Name of a gradient -> the same without a factor that its readers can apply more cheaply. */
  readonly scaled: Map<string, () => ScaledValue> = new Map();
  /** Name of a value -> what it consists of. */
  readonly scattered: Map<string, () => ScatteredValue> = new Map();
  /** Name of a batch normalization -> what its gradient needs. */
  readonly centred: Map<string, CentredBatch> = new Map();
  readonly #values = new Map<string, Value | (() => Value)>();
  readonly #makers: ReadonlyMap<string, Node>;
  readonly #readers = new Map<string, number>();

  /**
   * @param old - The graph to rewrite.
   * @param fewBytes - Whether columns of convolutions are avoided.
   */
  constructor(old: Graph, fewBytes: boolean) {
    this.old = old;
    this.fewBytes = fewBytes;
    const reserved = new Set([...old.values.keys(), ...old.nodes.map(({ name }) => name)]);
    this.builder = new GraphBuilder(old.name, { opset: old.opset, reserved });
    this.math = arithmetic(this.builder);
    for (const { name, dtype, shape } of old.inputs)
      this.define(name, this.builder.input(name, dtype, shape));
    for (const [name, constant] of old.initializers) {
      this.define(name, this.builder.constant(constant, name));
    }
    this.#makers = new Map(old.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    for (const name of [
      ...old.nodes.flatMap((node) => node.inputs),
      ...old.outputs.map(({ name }) => name),
    ]) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
  }

  /** Says what stands for a value of the old graph. */
  define(name: string, value: Value | (() => Value)): void {
    if (name !== "") this.#values.set(name, value);
  }

  /** Whether {@link Rewriting.define} was called for a value. */
  isDefined(name: string): boolean {
    return this.#values.has(name);
  }

  /** What stands for a value of the old graph. */
  value(name: string): Value {
    const found = this.#values.get(name);
    if (found === undefined) throw new RangeError(`lower: value "${name}" must come before its readers`);
    if (typeof found !== "function") return found;
    const value = found();
    this.#values.set(name, value);
    return value;
  }

  /** The inputs of an old node; null stands for an absent optional one. */
  inputsOf(node: Node): (Value | null)[] {
    return node.inputs.map((name) => (name === "" ? null : this.value(name)));
  }

  /** The old node that computes a value; absent for inputs and constants. */
  makerOf(name: string): Node | undefined {
    return this.#makers.get(name);
  }

  /** How often a value is read in the old graph; being an output counts. */
  readersOf(name: string): number {
    return this.#readers.get(name) ?? 0;
  }

  /** The factor of a gradient apart from the rest, where it is. */
  scaledValue(name: string): ScaledValue {
    return this.scaled.get(name)?.() ?? { value: this.value(name), factor: null };
  }

  /** Adds a node as it stands. */
  copy(node: Node): void {
    const inputs = this.inputsOf(node).map((value) => value?.name ?? "");
    for (const value of this.builder.node({ ...node, inputs })) this.define(value.name, value);
  }

  /** The new graph. */
  build(): Graph {
    for (const { name } of this.old.outputs) this.builder.output(this.value(name), name);
    return this.builder.build();
  }
}
