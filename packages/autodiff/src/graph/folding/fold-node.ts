/** Computes at once what does not depend on a graph's inputs, such as the arithmetic of shapes. */
import type { GraphBuilder } from "../builder.ts";
import type { Node, Tensor } from "../graph.ts";
import { inferTypes } from "../shapes/index.ts";
import { elementCount } from "../tensor.ts";
import { fromTensor, integers, toTensor } from "./array.ts";
import { evaluators } from "./evaluators.ts";

/** More elements than a shape has; larger constants are left to the engine. */
const largestFolded = 4096;

/** Elements read and written by all nodes of a graph; what comes later is left to the engine. */
const largestWork = 2 ** 22;

/** Folds the constant nodes of one graph, in their order. */
export class ConstantFolding {
  readonly #builder: GraphBuilder;
  /** Names of constants that are no weights. */
  readonly #noWeights: Set<string>;
  #work = 0;

  /** @param noWeights - Names of constants that are no weights, whatever their type. */
  constructor(builder: GraphBuilder, noWeights: Iterable<string>) {
    this.#builder = builder;
    this.#noWeights = new Set(noWeights);
  }

  /**
   * Adds a node's only output as a constant, if all its inputs are known.
   *
   * Shapes are static, so that Shape and Size always are. Floating-point constants of more than one element count as
   * weights and are left alone, unless they are known to be none or were folded themselves.
   *
   * @returns Whether the node is dealt with.
   */
  fold(node: Node): boolean {
    const value = this.#evaluate(node);
    if (value === undefined) return false;
    this.add(node.outputs[0] ?? "", value);
    return true;
  }

  /** Adds a constant that is no weight. */
  add(name: string, value: Tensor): void {
    this.#builder.constant(value, name);
    this.#noWeights.add(name);
  }

  /** The constant of this name, if it is small and no weight. */
  known(name: string): Tensor | undefined {
    return this.#known(name);
  }

  #evaluate(node: Node): Tensor | undefined {
    if (node.domain !== "" || node.outputs.length !== 1) return undefined;
    const values = this.#builder.inputsOf(node);
    const [first] = values;
    if (first && (node.op === "Shape" || node.op === "Size")) {
      const { shape } = first;
      if (node.op === "Size") return toTensor({ dtype: "int64", shape: [], data: [elementCount(shape)] });
      const bound = (name: string, fallback: number) => {
        const attribute = node.attributes[name];
        return attribute?.type === "int" ? attribute.value : fallback;
      };
      return toTensor(integers(shape.slice(bound("start", 0), bound("end", shape.length))));
    }
    const evaluator = evaluators.get(node.op);
    if (!evaluator || this.#work > largestWork) return undefined;
    const constants = values.map((value) => value && this.#known(value.name));
    if (constants.includes(undefined)) return undefined;
    const given = constants.map((constant) => constant ?? null);
    const [type] = inferTypes({
      op: node.op,
      name: node.name,
      inputs: values,
      attributes: node.attributes,
      outputs: 1,
      constant: (index) => given[index] ?? undefined,
    });
    if (!type || elementCount(type.shape) > largestFolded) return undefined;
    const read = given.reduce((sum, constant) => sum + (constant?.data.length ?? 1), 0);
    this.#work += read + elementCount(type.shape) * given.length;
    if (this.#work > largestWork) return undefined;
    const inputs = given.map((constant) => (constant ? fromTensor(constant) : null));
    const nothing = integers([]);
    const input = (index: number) => inputs[index] ?? nothing;
    const data = evaluator({ attributes: node.attributes, inputs, type, input });
    const floating = type.dtype === "float32" || type.dtype === "float64";
    return floating || !data.some(Number.isNaN) ? toTensor({ ...type, data }) : undefined;
  }

  #known(name: string): Tensor | undefined {
    const constant = this.#builder.constantOf(name);
    if (!constant || constant.data.length > largestFolded) return undefined;
    const weight = constant.dtype === "float32" && constant.data.length > 1 && !this.#noWeights.has(name);
    return weight ? undefined : constant;
  }
}
