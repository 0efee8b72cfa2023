/** Rules of a user's own, here of operators of ONNX Runtime's own domain, which its optimizer writes into files. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readFloat, text } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { sameAsInput } from "../graph/shapes/broadcast.ts";
import { float32 } from "../graph/tensor.ts";
import { encodeModel } from "../onnx/encode-model.ts";
import { compile } from "../run-graph.fixture.ts";
import { trainable } from "../trainable.ts";
import { backward } from "./backward.ts";
import { defineRule, type RuleDefinition } from "./define-rule.ts";
import { registerRule } from "./index.ts";
import { agrees } from "./rule-cases/agrees.fixture.ts";
import { type Case, type Rule, shape, smooth } from "./rule-cases/case.fixture.ts";
import { sumTo } from "./sum-to.ts";

const domain = "com.microsoft";

registerRule({
  op: "QuickGelu",
  domain,
  elementwise: true,
  shape: sameAsInput,
  gradient({ gradient, input, attributes, math }) {
    const scaled = math.mul(input(0), readFloat(attributes, "alpha", 1.702));
    const s = math.unary("Sigmoid", scaled);
    return [math.mul(gradient, math.mul(s, math.add(1, math.mul(scaled, math.sub(1, s)))))];
  },
});

/** y = gelu(x + b), b [D]. */
const biasGelu = defineRule({
  op: "BiasGelu",
  domain,
  weights: { 1: "bias" },
  elementwise: true,
  shape: sameAsInput,
  gradient({ gradient, input, math }) {
    const x = math.add(input(0), input(1));
    const distribution = math.mul(math.add(math.unary("Erf", math.mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = math.mul(math.unary("Exp", math.mul(math.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    const byInput = math.mul(gradient, math.add(distribution, math.mul(x, density)));
    return [byInput, sumTo(math, byInput, input(1).shape)];
  },
});
registerRule(biasGelu);

const cases: Readonly<Record<string, Rule>> = {
  QuickGelu: {
    cases: shape.map(
      (dims): Case => ({
        shapes: [dims],
        apply: (builder, inputs) => builder.op("QuickGelu", inputs, {}, { domain }),
      }),
    ),
    ...smooth,
  },
  BiasGelu: {
    cases: shape.map(
      (dims): Case => ({
        shapes: [dims, dims.slice(-1)],
        apply: (builder, inputs) => builder.op("BiasGelu", inputs, {}, { domain }),
      }),
    ),
    ...smooth,
  },
};

test.each(Object.entries(cases))(
  "the gradient of %s agrees with numeric differentiation",
  async (_, rule) => {
    await fc.assert(
      fc.asyncProperty(rule.cases, fc.infiniteStream(fc.nat(0xffff)), (drawn, stream) =>
        agrees(rule, drawn, stream),
      ),
      { numRuns: 25 },
    );
  },
);

/** A file for one sample: y = head(gelu(x w + b)). */
function file(): Uint8Array {
  const builder = new GraphBuilder("net");
  const numbers = (...dims: number[]) =>
    float32(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b) }, (_, index) => Math.sin(index + 1)),
    );
  const x = builder.input("x", "float32", [1, 4]);
  const h = builder.op("MatMul", [x, builder.constant(numbers(4, 5), "w")]);
  const y = builder.op("BiasGelu", [h, builder.constant(numbers(5), "b")], {}, { domain, name: "act" });
  builder.output(builder.op("MatMul", [y, builder.constant(numbers(5, 3), "head")]), "y");
  return encodeModel(builder.build());
}

test("a file with the operator is trained: its weights are found, and it takes another batch size", async () => {
  const { step, parameters, frozen } = trainable(file(), { batchSize: 2 });
  expect(frozen).toBeUndefined();
  expect(parameters.map(({ name, slots }) => [name, slots])).toEqual([
    ["w", ['MatMul "MatMul_0": weight']],
    ["b", ['BiasGelu "act": bias']],
    ["head", ['MatMul "MatMul_1": weight']],
  ]);
  const run = await compile(step.graph);
  const feeds = {
    x: [1, -0.5, 0.25, 2, 0.75, 1.5, -1, 0.5],
    [step.target]: [1, 0, 0, 0, 0, 1],
    ...Object.fromEntries(parameters.map(({ name, data }) => [name, data])),
  };
  const { loss, "b.grad": slope } = await run(feeds);
  const b = parameters[1]?.data ?? new Float32Array();
  for (const index of b.keys()) {
    const moved = async (distance: number) =>
      (await run({ ...feeds, b: b.map((value, at) => value + (at === index ? distance : 0)) })).loss?.[0] ??
      Number.NaN;
    const numeric = ((await moved(0.01)) - (await moved(-0.01))) / 0.02;
    expect(slope?.[index]).toBeCloseTo(numeric, 3);
  }
  expect(loss?.[0]).toBeGreaterThan(0);
});

const gradient = () => [];

test.each<[string, RuleDefinition, Error]>([
  [
    "an operator of the package",
    { op: "Relu", gradient },
    new RangeError(
      'registerRule: op must be an operator without a gradient rule, got "Relu" that has one; leave it out',
    ),
  ],
  [
    "a second rule of a registered operator",
    { op: ["Other", "BiasGelu"], domain, shape: sameAsInput, gradient },
    new RangeError(
      'registerRule: op must be an operator without a gradient rule, got "com.microsoft.BiasGelu" that has one; leave it out',
    ),
  ],
  [
    "an operator of unknown shapes",
    { op: "Wave", domain: "mine", gradient },
    new RangeError(
      'registerRule: shape of "mine.Wave" must be given, since graphs do not know it, got none; sameAsInput is the simplest',
    ),
  ],
  [
    "a second shape rule",
    { op: "Mod", shape: sameAsInput, gradient },
    new RangeError('registerRule: shape of "Mod" must be left out, since graphs know it, got one'),
  ],
  [
    "no operator",
    { op: [], gradient },
    new TypeError("defineRule: op must be the name of an operator or a list of names, got []"),
  ],
  [
    "the same operator twice",
    { op: ["Wave", "Wave"], domain: "mine", shape: sameAsInput, gradient },
    new RangeError('defineRule: op must name each operator once, got "Wave" twice'),
  ],
  [
    "no gradient",
    { op: "Wave", gradient: "zero" as "none" },
    new TypeError('defineRule: gradient of Wave must be a function or "none", got "zero"'),
  ],
  [
    "a shape that is no rule",
    { op: "Wave", gradient, shape: [1] as unknown as typeof sameAsInput },
    new TypeError("defineRule: shape of Wave must be a function, got [1]"),
  ],
  [
    "a domain that is no text",
    { op: "Wave", gradient, domain: 1 as unknown as string },
    new TypeError("defineRule: domain of Wave must be a string, got 1"),
  ],
  [
    "weights without positions",
    { op: "Wave", gradient, weights: { bias: 1 } as unknown as Record<number, string> },
    new TypeError(
      'defineRule: weights of Wave must be names by position of the input, or "operands", got {"bias":1}',
    ),
  ],
  [
    "an unknown property",
    { op: "Wave", gradient, elementWise: true } as RuleDefinition,
    new RangeError(
      'defineRule: properties of Wave must be op, domain, gradient, shape, ofAllOutputs, weights, elementwise, got "elementWise"; did you mean "elementwise"?',
    ),
  ],
])("refuses %s", (_, definition, error) => {
  expect(() => registerRule(definition)).toThrow(error);
});

test("a refused definition leaves nothing behind", () => {
  const other = () => {
    const builder = new GraphBuilder("net");
    return builder.op("Other", [builder.input("x", "float32", [3])], {}, { domain });
  };
  expect(other).toThrow('got "com.microsoft.Other"');
  registerRule({ op: "Other", domain, shape: sameAsInput, gradient: "none" });
  expect(other().shape).toEqual([3]);
});

test("attributes of an operator of one's own are its own affair", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [3]);
  expect(builder.op("QuickGelu", [x], { axis: text("time") }, { domain }).shape).toEqual([3]);
});

test("a rule whose gradient has another shape than the input is named", () => {
  registerRule({
    op: "BiasSoftplus",
    domain: "mine",
    shape: sameAsInput,
    gradient: ({ gradient }) => [gradient, gradient],
  });
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2, 3]);
  const b = builder.input("b", "float32", [3]);
  const y = builder.op("BiasSoftplus", [x, b], {}, { domain: "mine", name: "act" });
  expect(() => backward(builder, y, builder.input("gy", "float32", [2, 3]), ["b"])).toThrow(
    new RangeError(
      'BiasSoftplus "act": the rule\'s gradient of input 1 must have its shape [3], got [2, 3]; where an input was broadcast, use sumTo',
    ),
  );
});
