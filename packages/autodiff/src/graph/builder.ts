/** Builds graphs node by node, inferring every shape. */

import { inExecutionOrder } from "./execution-order.ts";
import type { Attributes, DataType, Graph, Node, Tensor, Value } from "./graph.ts";
import { withOwnStatistics } from "./own-statistics.ts";
import { inferTypes } from "./shapes/index.ts";
import { checkShape, describe, type ValueType } from "./shapes/shape-rule.ts";

/** Options of {@link GraphBuilder.op}. */
export interface OpOptions {
  /** Unique name of the node; absent: made from the operator. */
  readonly name?: string;
  /** Operator set; absent: `ai.onnx`. */
  readonly domain?: string;
}

/** Constants up to this many elements are shared when equal. */
const sharedConstantLimit = 65_536;

/**
 * Builds a graph. Every method that adds something returns its {@link Value}, whose shape is known at once.
 *
 * @example
 * const builder = new GraphBuilder("double");
 * const x = builder.input("x", "float32", [2, 3]);
 * builder.output(builder.op("Add", [x, x]), "y");
 * const graph = builder.build();
 * graph.outputs; // => [{ name: "y", dtype: "float32", shape: [2, 3] }]
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #opset: number;
  readonly #inputs: Value[] = [];
  readonly #outputs = new Map<string, Value>();
  readonly #nodes = new Map<string, Node>();
  readonly #initializers = new Map<string, Tensor>();
  readonly #values = new Map<string, Value>();
  readonly #sharedConstants = new Map<string, Value>();
  readonly #counters = new Map<string, number>();
  readonly #reserved: ReadonlySet<string>;

  /**
   * @param from - Name of a new graph, or a graph to extend: everything in it is kept.
   * @param options - `opset`: version of the operator set `ai.onnx`, 18 by default; a graph keeps its own.
   * `reserved`: names that are not to be made up, since nodes and values yet to come have them.
   */
  constructor(
    from: string | Graph,
    {
      opset = 18,
      reserved = new Set(),
    }: { readonly opset?: number; readonly reserved?: ReadonlySet<string> } = {},
  ) {
    this.#reserved = reserved;
    if (typeof from === "string") {
      this.#name = from;
      this.#opset = opset;
      return;
    }
    this.#name = from.name;
    this.#opset = from.opset;
    this.#inputs.push(...from.inputs);
    for (const node of from.nodes) this.#nodes.set(node.name, node);
    for (const [name, tensor] of from.initializers) this.#initializers.set(name, tensor);
    for (const [name, value] of from.values) this.#values.set(name, value);
    for (const value of from.outputs) this.#outputs.set(value.name, value);
  }

  /**
   * Adds a graph input.
   *
   * @throws RangeError if the name is taken or no tensor can have the shape.
   */
  input(name: string, dtype: DataType, shape: readonly number[]): Value {
    checkShape(`GraphBuilder: input "${name}"`, shape);
    const value = this.#add({ name, dtype, shape: [...shape] });
    this.#inputs.push(value);
    return value;
  }

  /**
   * Adds a constant, stored in the graph as an initializer.
   *
   * @param tensor - Must not change afterwards.
   * @param name - Unique; absent: made up, and equal small constants are shared.
   */
  constant(tensor: Tensor, name?: string): Value {
    const { dtype, shape } = tensor;
    const key = name === undefined ? contentKey(tensor) : undefined;
    const shared = key === undefined ? undefined : this.#sharedConstants.get(key);
    if (shared) return shared;
    const value = this.#add({ name: name ?? this.#freshName("constant"), dtype, shape });
    this.#initializers.set(value.name, tensor);
    if (key !== undefined) this.#sharedConstants.set(key, value);
    return value;
  }

  /**
   * Adds a node and returns its first output.
   *
   * @param type - Operator, e.g. `Conv`.
   * @param inputs - null stands for an absent optional input.
   * @throws RangeError if the operator is unknown or its inputs do not fit.
   */
  op(
    type: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes = {},
    options: OpOptions = {},
  ): Value {
    const [value] = this.ops(type, inputs, attributes, 1, options);
    if (!value) throw new RangeError(`GraphBuilder: ${type} must have an output`);
    return value;
  }

  /** Adds a node and returns its first `outputs` outputs; see {@link GraphBuilder.op}. */
  ops(
    type: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputs: number,
    { name = this.#freshName(type), domain = "" }: OpOptions = {},
  ): Value[] {
    const foreign = inputs.find((value) => value && !this.#values.has(value.name));
    if (foreign) {
      throw new RangeError(
        `GraphBuilder: inputs of "${name}" must belong to this graph, got "${foreign.name}"`,
      );
    }
    const names = Array.from({ length: outputs }, (_, index) => `${name}_output_${index}`);
    return this.node({ name, op: type, domain, inputs: inputs.map(nameOf), outputs: names, attributes });
  }

  /**
   * Adds a node as it stands, under its own output names.
   *
   * @returns Its outputs; an absent optional one ("") is left out.
   */
  node(node: Node): Value[] {
    if (this.#nodes.has(node.name)) {
      throw new RangeError(`GraphBuilder: name must be unique among nodes, got "${node.name}"`);
    }
    const types = this.#inferTypes(node, node.outputs.length);
    const given = node.outputs.filter((name) => name !== "");
    if (given.some((name) => this.#values.has(name)) || new Set(given).size < given.length) {
      throw new RangeError(
        `${describe(node)}: names of outputs must be unique in the graph, got ${given.map((name) => `"${name}"`).join(", ")}`,
      );
    }
    const named = types.map((type, index) => ({ name: node.outputs[index] ?? "", ...type }));
    const values = named.filter((value) => value.name !== "").map((value) => this.#add(value));
    this.#nodes.set(node.name, node);
    return values;
  }

  /**
   * Asks an existing node for one more of its optional outputs, such as the indices of a MaxPool.
   *
   * @param name - Name of the node.
   * @param index - Position of the output; those before it are added too.
   */
  optionalOutput(name: string, index: number): Value {
    const node = this.#nodes.get(name);
    if (!node) throw new RangeError(`GraphBuilder: name must be that of a node, got "${name}"`);
    const outputs = [...node.outputs];
    for (const [at, type] of this.#inferTypes(node, index + 1).entries()) {
      outputs[at] ||= this.#add({ name: `${name}_output_${at}`, ...type }).name;
    }
    this.#nodes.set(name, { ...node, outputs });
    return this.value(outputs[index] ?? "");
  }

  /**
   * Takes the output of a node from `value` from now on, and drops the node: another way to compute the same.
   *
   * @param name - Name of a node with one output.
   * @param value - Of the same type, computed by a node of its own; its name is gone afterwards.
   * @throws RangeError if the two do not fit.
   */
  redefine(name: string, value: Value): void {
    const outputs = this.#nodes.get(name)?.outputs ?? [];
    const [output = ""] = outputs;
    if (outputs.length !== 1 || !this.#isComputed(value)) throw misfit(output, value);
    this.substitute(new Map([[output, value]]));
  }

  /**
   * Takes values from others from now on: other ways to compute the same. Nodes all of whose outputs are taken from
   * elsewhere are dropped.
   *
   * @param others - By name of a node's output: a value of the same type that does not depend on it. Names of values
   * that are no outputs of the graph are gone afterwards.
   * @throws RangeError if two do not fit.
   */
  substitute(others: ReadonlyMap<string, Value>): void {
    const computed = new Set([...this.#nodes.values()].flatMap((node) => node.outputs));
    /** The other value's name -> the name it takes over. */
    const takeovers = new Map<string, string>();
    for (const [name, other] of others) {
      const { dtype, shape } = this.value(name);
      if (!computed.has(name) || dtype !== other.dtype || shape.join() !== other.shape.join()) {
        throw misfit(name, other);
      }
      const keepsName =
        !computed.has(other.name) ||
        takeovers.has(other.name) ||
        others.has(other.name) ||
        this.#outputs.has(other.name);
      takeovers.set(keepsName ? this.op("Identity", [other]).name : other.name, name);
    }
    const rename = (name: string) => takeovers.get(name) ?? name;
    const nodes = [...this.#nodes.values()];
    const left = new Map<string, Node>();
    for (const node of nodes) {
      if (node.outputs.every((name) => name === "" || others.has(name))) continue;
      const outputs = node.outputs.map((name) => (others.has(name) ? this.#unread(name) : rename(name)));
      left.set(node.name, { ...node, inputs: node.inputs.map(rename), outputs });
    }
    const producers = new Map(
      [...left.values()].flatMap((node) => node.outputs.map((name) => [name, node] as const)),
    );
    this.#nodes.clear();
    for (const { name, outputs } of nodes) {
      // What takes over runs when the dropped node did, not after all others.
      const node = left.get(name) ?? producers.get(outputs.find((output) => output !== "") ?? "");
      if (node) this.#nodes.set(node.name, node);
    }
    for (const name of takeovers.keys()) this.#values.delete(name);
  }

  /** A new name for an output that nothing reads any more. */
  #unread(name: string): string {
    const unread = `${this.#freshName(name)}_unread`;
    return this.#add({ ...this.value(name), name: unread }).name;
  }

  /**
   * Makes a value an output of the graph.
   *
   * @param name - Name of the output; absent: the value's own.
   * @throws RangeError if the name is taken by another value or output.
   */
  output(value: Value, name: string = value.name): void {
    this.value(value.name);
    if (this.#outputs.has(name) || (name !== value.name && this.#values.has(name))) {
      throw new RangeError(`GraphBuilder: name of an output must be unique, got "${name}"`);
    }
    this.#outputs.set(name, value);
  }

  /**
   * The value of this name.
   *
   * @throws RangeError if there is none.
   */
  value(name: string): Value {
    const value = this.#values.get(name);
    if (!value)
      throw new RangeError(`GraphBuilder: name must be that of a value in the graph, got "${name}"`);
    return value;
  }

  /** The shape of the value of this name, if there is one. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.#values.get(name)?.shape;
  }

  /**
   * The values that a node reads; null stands for an absent optional input.
   *
   * @throws RangeError if one does not exist before the node.
   */
  inputsOf(node: Pick<Node, "name" | "op" | "inputs">): (Value | null)[] {
    return node.inputs.map((name, index) => {
      if (name === "") return null;
      const value = this.#values.get(name);
      if (value) return value;
      throw new RangeError(
        `${describe(node)}: input ${index} must be a graph input, a constant or an output of an earlier node, got "${name}"`,
      );
    });
  }

  /** The nodes so far, in the order in which they were added. */
  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  /** The constant of this name, if it is one. */
  constantOf(name: string): Tensor | undefined {
    return this.#initializers.get(name);
  }

  /**
   * Names of computed values -> those of the outputs that they become in the graph that {@link GraphBuilder.build}
   * yields: of several the first, and none where a value keeps its own.
   */
  outputNames(): ReadonlyMap<string, string> {
    const computed = new Set([...this.#nodes.values()].flatMap((node) => node.outputs));
    const renamed = new Map<string, string>();
    for (const [name, value] of this.#outputs) {
      if (renamed.has(value.name) || this.#outputs.has(value.name)) continue;
      if (computed.has(value.name)) renamed.set(value.name, name);
    }
    return renamed;
  }

  /**
   * The graph: the nodes and constants on which an output depends, and every input.
   *
   * @throws RangeError if it has no output.
   */
  build(): Graph {
    if (this.#outputs.size === 0) {
      throw new RangeError(
        `GraphBuilder: graph "${this.#name}" must have an output, got none; call output() first`,
      );
    }
    const nodes = this.#nodesWithNamedOutputs();
    const needed = new Set(this.#outputs.keys());
    const kept = nodes.reverse().filter((node) => {
      const leadsToOutput = node.outputs.some((output) => needed.has(output));
      if (leadsToOutput) for (const input of node.inputs) needed.add(input);
      return leadsToOutput;
    });
    kept.reverse();
    const read = new Map([...this.#initializers].filter(([name]) => needed.has(name)));
    const fresh = (stem: string): string => (this.#values.has(stem) ? fresh(`${stem}_`) : stem);
    const { nodes: ordered, initializers } = withOwnStatistics({ nodes: kept, initializers: read }, fresh);
    const names = [
      ...this.#inputs.map(nameOf),
      ...initializers.keys(),
      ...ordered.flatMap((node) => node.outputs).filter((name) => name !== ""),
    ];
    const typeOf = (name: string) =>
      this.#outputs.get(name) ?? this.#values.get(name) ?? initializers.get(name) ?? this.value(name);
    return {
      name: this.#name,
      opset: this.#opset,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs].map(([name, value]) => ({ ...value, name })),
      nodes: ordered,
      initializers,
      values: new Map(
        names.map((name) => {
          const { dtype, shape } = typeOf(name);
          return [name, { name, dtype, shape }];
        }),
      ),
    };
  }

  /** The nodes, each output of the graph under its name; Identity nodes only where one value has several names. */
  #nodesWithNamedOutputs(): Node[] {
    const renamed = this.outputNames();
    const rename = (name: string) => renamed.get(name) ?? name;
    const nodes = inExecutionOrder([...this.#nodes.values()]).map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    const copies = [...this.#outputs]
      .filter(([name, value]) => name !== rename(value.name))
      .map(
        ([name, value]): Node => ({
          name: `${name}_copy`,
          op: "Identity",
          domain: "",
          inputs: [rename(value.name)],
          outputs: [name],
          attributes: {},
        }),
      );
    return [...nodes, ...copies];
  }

  #isComputed({ name }: Value): boolean {
    return [...this.#nodes.values()].some(({ outputs }) => outputs.includes(name));
  }

  #inferTypes(
    node: Pick<Node, "name" | "op" | "domain" | "inputs" | "attributes">,
    outputs: number,
  ): readonly ValueType[] {
    return inferTypes({
      op: node.op,
      domain: node.domain,
      name: node.name,
      inputs: this.inputsOf(node),
      attributes: node.attributes,
      outputs,
      constant: (index) => this.#initializers.get(node.inputs[index] ?? ""),
    });
  }

  #add(value: Value): Value {
    if (value.name === "" || this.#values.has(value.name)) {
      throw new RangeError(`GraphBuilder: name must be unique and not empty, got "${value.name}"`);
    }
    this.#values.set(value.name, value);
    return value;
  }

  #freshName(stem: string): string {
    for (;;) {
      const count = this.#counters.get(stem) ?? 0;
      this.#counters.set(stem, count + 1);
      const name = `${stem}_${count}`;
      const output = `${name}_output_0`;
      const taken = [this.#nodes, this.#values, this.#reserved].some((names) => names.has(name));
      if (!taken && !this.#values.has(output) && !this.#reserved.has(output)) return name;
    }
  }
}

function misfit(name: string, { name: other }: Value): RangeError {
  return new RangeError(`GraphBuilder: value must be a node's and of the type of "${name}", got "${other}"`);
}

function nameOf(value: Value | null): string {
  return value?.name ?? "";
}

function contentKey({ dtype, shape, data }: Tensor): string | undefined {
  return data.length <= sharedConstantLimit ? `${dtype}:${shape.join(",")}:${data.join(",")}` : undefined;
}
