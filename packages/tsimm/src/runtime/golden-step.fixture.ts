/** How a model is held to a golden file below `test/golden`: tensors, evaluation, one training step. */
import { expect } from "vitest";
import {
  type Fingerprint,
  fingerprintError,
  goldenBits,
  goldenIntegers,
  goldenTensor,
  l2,
} from "../models/golden.fixture.ts";
import type { Model } from "../models/model.ts";
import { createEngine } from "./create-engine.ts";
import { createEvaluation } from "./evaluation-step.ts";
import type { StepResult } from "./training-session.ts";

/** One input of a golden file, and what PyTorch makes of it. */
export interface GoldenCase {
  input_shape: [number, number, number, number];
  target: number[];
  eval: { logits: number[][]; loss: number };
  train: { logits: number[][]; loss: number };
  grads: Record<string, Fingerprint>;
  bn_after_1_forward: Record<string, { running_mean: Fingerprint; running_var: Fingerprint }>;
  f32_dev: { grad_sensitivity_max?: number };
}

/** What every golden file of a model says. */
export interface GoldenModel {
  model: string;
  salt: number;
  checks: { state: Record<string, [number[], number]>; input_sum_c: Record<string, number> };
}

/** The engine that is held to the numbers. */
export const engine = await createEngine("native");

/** Images, the options of their step, and targets by label smoothing. */
export function goldenInputs({ salt }: GoldenModel, { input_shape, target }: GoldenCase) {
  const [batchSize, , height, width] = input_shape;
  const length = input_shape.reduce((product, size) => product * size, 1);
  const images = goldenTensor(salt, "input", length, 15);
  const options = { batchSize, height, width, input: "float32" } as const;
  return { images, options, targets: (smoothing: number) => dense(target, 10, smoothing) };
}

function dense(labels: readonly number[], classes: number, smoothing: number): Float32Array {
  const target = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (const [i, label] of labels.entries())
    target[i * classes + label] = 1 - smoothing + smoothing / classes;
  return target;
}

/** Mean over the images of -log softmax(logits) at the label. */
export function crossEntropy(logits: Float32Array, labels: readonly number[]): number {
  const classes = logits.length / labels.length;
  const losses = labels.map((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - (row[label] ?? Number.NaN);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}

/** Logits of a batch. */
export async function evaluateOnce(
  model: Model,
  images: Float32Array,
  options: Parameters<typeof createEvaluation>[2],
): Promise<Float32Array> {
  const evaluation = await createEvaluation(engine, model, options);
  const logits = await evaluation.run(images, options.batchSize);
  await evaluation.close();
  return logits;
}

function largestDifference(values: Float32Array, expected: readonly number[][]): number {
  return Math.max(...expected.flat().map((value, i) => Math.abs((values[i] ?? Number.NaN) - value)));
}

/** The model has the file's tensors in their order. */
export function expectTensors({ state }: Model, { checks }: GoldenModel): void {
  const shapes = state
    .filter(({ data }) => data instanceof Float32Array)
    .map(({ name, shape }) => [name, shape]);
  expect(shapes).toEqual(Object.entries(checks.state).map(([name, [shape]]) => [name, shape]));
}

/** Weights, images and labels made from names here are what the file was computed from. */
export function expectNumbersFromNames(
  { salt, checks }: GoldenModel,
  cases: readonly Pick<GoldenCase, "input_shape" | "target">[],
): void {
  const sum = (name: string, shape: readonly number[]) =>
    goldenIntegers(
      salt,
      name,
      shape.reduce((product, size) => product * size, 1),
    ).reduce((total, c) => total + c, 0);
  for (const [name, [shape, expected]] of Object.entries(checks.state)) {
    expect([name, sum(name, shape)]).toEqual([name, expected]);
  }
  for (const { input_shape, target } of cases) {
    expect(sum("input", input_shape)).toBe(checks.input_sum_c[input_shape.join("x")]);
    expect(target.map((_, i) => goldenBits(salt, "target", i) % 10)).toEqual(target);
  }
}

/** Logits and loss of an evaluation are PyTorch's. */
export function expectEvaluation(logits: Float32Array, one: GoldenCase, tolerance = 1e-4): void {
  expect(largestDifference(logits, one.eval.logits)).toBeLessThan(tolerance);
  expect(Math.abs(crossEntropy(logits, one.target) - one.eval.loss)).toBeLessThan(tolerance);
}

/**
 * Gradients that are 0 by algebra, as of a shift that the next batch normalization takes away, are rounding errors: up
 * to 5e-8 of the largest gradient's norm in PyTorch's float32, below 1e-9 of it in the float64 of the file.
 */
const zeroTolerance = 1e-6;

/** Logits, loss, gradients and running statistics of the first step are PyTorch's. */
export function expectStep(
  model: Model,
  { loss, logits }: StepResult,
  one: GoldenCase,
  logitTolerance = 1e-4,
): void {
  expect(largestDifference(logits, one.train.logits)).toBeLessThan(logitTolerance);
  expect(Math.abs(loss - one.train.loss)).toBeLessThan(1e-4);
  const gradientTolerance = Math.max(1e-3, 3 * (one.f32_dev.grad_sensitivity_max ?? 0));
  expect(model.parameters.map(({ name }) => name)).toEqual(Object.keys(one.grads));
  const largest = Math.max(...Object.values(one.grads).map(([norm = Number.NaN]) => norm));
  const wrong = model.parameters.flatMap(({ name, grad }) => {
    const expected = one.grads[name] ?? [];
    const isZero = (expected[0] ?? Number.NaN) < 1e-9 * largest;
    const error = isZero ? l2(grad ?? [Number.NaN]) / largest : fingerprintError(grad ?? [], expected);
    return error < (isZero ? zeroTolerance : gradientTolerance) ? [] : [[name, error]];
  });
  expect(wrong).toEqual([]);
  expect(model.batchNormalizations.map(({ module }) => module)).toEqual(Object.keys(one.bn_after_1_forward));
  for (const { module, runningMean, runningVar, numBatchesTracked } of model.batchNormalizations) {
    const expected = one.bn_after_1_forward[module];
    expect(fingerprintError(runningMean, expected?.running_mean ?? [])).toBeLessThan(1e-5);
    expect(fingerprintError(runningVar, expected?.running_var ?? [])).toBeLessThan(1e-5);
    expect(numBatchesTracked).toEqual(BigInt64Array.of(1n));
  }
}
