/** Operators of single elements without a kernel, in terms of others. */
import { float, int, readFloat } from "../../graph/attributes.ts";
import { dataTypeCode } from "../../graph/data-type.ts";
import type { Value } from "../../graph/graph.ts";
import { float32 } from "../../graph/tensor.ts";
import type { Spelling } from "./recipe.ts";
import type { Rewriting } from "./rewriting.ts";

/** (x > 0) - (x < 0). */
export const sign: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const [x] = rewriting.inputsOf(node);
  if (x?.dtype !== "float32") return undefined;
  const number = (condition: string) =>
    builder.op("Cast", [builder.op(condition, [x, math.constant(0)])], { to: int(dataTypeCode("float32")) });
  return math.sub(number("Greater"), number("Less"));
};

/** celu(x) = alpha elu(x / alpha). */
export const celu: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const alpha = readFloat(node.attributes, "alpha", 1);
  const [x] = rewriting.inputsOf(node);
  return x ? math.mul(builder.op("Elu", [math.div(x, alpha)]), alpha) : undefined;
};

/** selu(x) = gamma elu(x), with the defaults of ONNX. */
export const selu: Spelling = (rewriting, node) => {
  const { builder, math } = rewriting;
  const alpha = readFloat(node.attributes, "alpha", 1.6732632423543772);
  const gamma = readFloat(node.attributes, "gamma", 1.0507009873554805);
  const [x] = rewriting.inputsOf(node);
  return x ? math.mul(builder.op("Elu", [x], { alpha: float(alpha) }), gamma) : undefined;
};

/** softsign(x) = x / (1 + |x|). */
export const softsign: Spelling = (rewriting, node) => {
  const { math } = rewriting;
  const [x] = rewriting.inputsOf(node);
  return x ? math.div(x, math.add(1, math.unary("Abs", x))) : undefined;
};

/** a or b = not (not a and not b). */
export const or: Spelling = (rewriting, node) => {
  const { math } = rewriting;
  const [a, b] = rewriting.inputsOf(node);
  if (!a || !b) return undefined;
  return math.unary("Not", rewriting.builder.op("And", [math.unary("Not", a), math.unary("Not", b)]));
};

/** a^b with an exponent of whole numbers as one of float32. */
export const pow: Spelling = (rewriting, node) => {
  const { builder } = rewriting;
  const [base, exponent] = rewriting.inputsOf(node);
  if (!base || !exponent || exponent.dtype === "float32" || base.dtype !== "float32") return undefined;
  const constant = builder.constantOf(exponent.name);
  if (constant) {
    const data = Float32Array.from<number | bigint>(constant.data, Number);
    return builder.op("Pow", [base, builder.constant(float32(constant.shape, data))]);
  }
  return builder.op("Pow", [base, rewriting.math.cast(exponent, "float32")]);
};

/** An operator of many inputs as a chain of one of two. */
export function chain(op: string): Spelling {
  return (rewriting, node) => chained(rewriting, op, rewriting.inputsOf(node));
}

/** The sum of the inputs, divided by their count. */
export const mean: Spelling = (rewriting, node) => {
  const inputs = rewriting.inputsOf(node);
  const sum = chained(rewriting, "Add", inputs);
  return sum && rewriting.math.div(sum, inputs.length);
};

function chained(rewriting: Rewriting, op: string, inputs: readonly (Value | null)[]): Value | undefined {
  const [first, ...others] = inputs.filter((value) => value !== null);
  if (!first) return undefined;
  if (others.length === 0) return rewriting.builder.op("Identity", [first]);
  return others.reduce((result, value) => rewriting.builder.op(op, [result, value]), first);
}

/** Dropout that drops nothing. */
export const dropout: Spelling = (rewriting, node) => {
  const [x, ratio, training] = rewriting.inputsOf(node);
  const number = (value: Value) => rewriting.builder.constantOf(value.name)?.data[0];
  const drops = training && number(training) !== 0 && !(ratio && number(ratio) === 0);
  if (!x || drops || (node.outputs[1] ?? "") !== "") return undefined;
  return rewriting.builder.op("Identity", [x]);
};
