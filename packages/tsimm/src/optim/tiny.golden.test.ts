/** Clipping, accumulation, moving average and mixed targets on one small network, against timm's numbers. */
import { encodeModel, float32, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import { describe, expect, test } from "vitest";
import {
  type Fingerprint,
  fillGolden,
  fingerprintError,
  goldenTensor,
  l2,
  readGolden,
} from "../models/golden.fixture.ts";
import type { Model, Parameter } from "../models/model.ts";
import { createTiny } from "../models/tiny.fixture.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createTrainingStep, type TrainingStep } from "../runtime/training-step.ts";
import { type ClipMode, type ClipOptions, clipGradients, clipGraph } from "./clip.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { blendNodes, ModelEma } from "./ema.ts";
import { vectorGraph } from "./vector-graph.ts";
import { packVector, unpackVector, vectorLayout } from "./vector-layout.ts";

interface Tiny {
  salt: number;
  case: { target: number[]; grads_full: Record<string, number[]>; running_full: Record<string, number[]> };
  clip: { mode: ClipMode; value: number; total_norm_before: number; grads: Record<string, Fingerprint> }[];
  accumulate: {
    micro_losses: number[];
    grads: Record<string, Fingerprint>;
    running_mean: number[];
    running_var: number[];
    fc_bias_after: number[];
  };
  ema: {
    decay: number;
    use_warmup?: boolean;
    trace: { step: number; decay: number; fc_bias: number[]; running_mean: number[]; conv1_l2: number }[];
  }[];
  ema_warmup_decay: Record<string, number>;
  mix: {
    kind: string;
    lam: number;
    box?: number[];
    smoothing: number;
    loss: number;
    fc_bias_grad: number[];
  }[];
}
const golden = readGolden<Tiny>("tiny.json");
const labels = golden.case.target;
const images = goldenTensor(golden.salt, "input", 4 * 3 * 16 * 16, 15);
const engine = await createEngine("native");
const sgd = { opt: "sgd", lr: 0.05, momentum: 0.9, weightDecay: 0.01 };

const oneHot = (classes: readonly number[]) => {
  const target = new Float32Array(classes.length * 10);
  for (const [i, label] of classes.entries()) target[i * 10 + label] = 1;
  return target;
};

async function withStep(batchSize: number, use: (model: Model, step: TrainingStep) => Promise<void>) {
  const model = createTiny();
  fillGolden(golden.salt, model);
  const step = await createTrainingStep(engine, model, {
    batchSize,
    height: 16,
    width: 16,
    input: "float32",
  });
  await use(model, step);
  await step.close();
}

const tensor = (model: Pick<Model, "state">, name: string) => {
  const data = model.state.find((item) => item.name === name)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no tensor ${name}`);
  return data;
};

function expectClose(actual: Float32Array, expected: readonly number[], tolerance = 1e-5) {
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(tolerance * scale);
  }
}

async function runGraph(builder: GraphBuilder, feeds: Readonly<Record<string, Tensor>>) {
  const session = await engine.load(encodeModel(builder.build()));
  const outputs = await session.run(feeds);
  await session.close();
  return outputs;
}

function floats(value: Tensor | undefined): Float32Array {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError("the output is missing");
}

test("gradients and running statistics are PyTorch's, element by element", () =>
  withStep(4, async (model, step) => {
    await step.run(images, oneHot(labels));
    for (const [name, expected] of Object.entries(golden.case.grads_full)) {
      expectClose(model.parameters.find((item) => item.name === name)?.grad ?? new Float32Array(), expected);
    }
    for (const [name, expected] of Object.entries(golden.case.running_full)) {
      expectClose(tensor(model, name), expected);
    }
  }));

/** Clips gradients in place by a graph; returns their norm before. */
async function clipByGraph(params: readonly Parameter[], { clipGrad, clipMode = "norm" }: ClipOptions) {
  const layout = vectorLayout(params);
  const builder = new GraphBuilder("clip");
  const [data, grad] = [
    builder.input("data", "float32", layout.shape),
    builder.input("grad", "float32", layout.shape),
  ];
  const group = { vectors: vectorGraph(builder, layout), data, grad };
  const unclipped = new Set(params.slice(-2).map(({ name }) => name));
  const { grads, norm } = clipGraph(builder, [group], { clipGrad, clipMode, unclipped });
  builder.output(grads[0] ?? grad, "clipped");
  builder.output(norm, "norm");
  const gradients = params.map(({ grad }) => grad ?? new Float32Array());
  const weights = params.map(({ data }) => data);
  const outputs = await runGraph(builder, {
    data: float32(layout.shape, packVector(layout, weights)),
    grad: float32(layout.shape, packVector(layout, gradients)),
  });
  unpackVector(layout, floats(outputs["clipped"]), gradients);
  return floats(outputs["norm"])[0] ?? Number.NaN;
}

const clipping = {
  loop: async (params: readonly Parameter[], options: ClipOptions) => clipGradients(params, options),
  graph: clipByGraph,
};
const clippings = golden.clip.flatMap((one) => [
  { ...one, face: "loop" as const },
  { ...one, face: "graph" as const },
]);

test.each(clippings)("clipping by $mode at $value by the $face", ({ face, mode, value, ...expected }) =>
  withStep(4, async (model, step) => {
    await step.run(images, oneHot(labels));
    const norm = await clipping[face](model.parameters, { clipGrad: value, clipMode: mode });
    expect(norm / expected.total_norm_before).toBeCloseTo(1, 5);
    for (const { name, grad } of model.parameters) {
      expect(fingerprintError(grad ?? [], expected.grads[name] ?? [])).toBeLessThan(1e-5);
    }
  }),
);

test("two halves of a batch accumulate to timm's gradients, statistics and step", () =>
  withStep(2, async (model, step) => {
    const optimizer = createOptimizerV2(model, sgd);
    const sums = model.parameters.map(({ data }) => new Float32Array(data.length));
    for (const [half, loss] of golden.accumulate.micro_losses.entries()) {
      const part = images.subarray((half * images.length) / 2, ((half + 1) * images.length) / 2);
      const result = await step.run(part, oneHot(labels.slice(2 * half, 2 * half + 2)));
      expect(result.loss).toBeCloseTo(loss, 5);
      for (const [k, { grad }] of model.parameters.entries()) {
        const sum = sums[k] ?? new Float32Array();
        sum.set(sum.map((value, i) => value + (grad?.[i] ?? Number.NaN) / 2));
      }
    }
    for (const [k, parameter] of model.parameters.entries()) {
      parameter.grad = sums[k] ?? null;
      expect(
        fingerprintError(parameter.grad ?? [], golden.accumulate.grads[parameter.name] ?? []),
      ).toBeLessThan(1e-5);
    }
    optimizer.step();
    expectClose(tensor(model, "bn1.running_mean"), golden.accumulate.running_mean);
    expectClose(tensor(model, "bn1.running_var"), golden.accumulate.running_var);
    expectClose(tensor(model, "fc.bias"), golden.accumulate.fc_bias_after);
  }));

/** A moving average, as the class keeps it and as nodes of a graph blend it. */
const averages = {
  loop: async (ema: ModelEma, _model: Model, step: number) => ema.update(step),
  async graph(ema: ModelEma, model: Model, step: number) {
    for (const [i, { data: past }] of ema.state.entries()) {
      const data = model.state[i]?.data;
      if (past instanceof BigInt64Array && data instanceof BigInt64Array) past.set(data);
      if (!(past instanceof Float32Array && data instanceof Float32Array)) continue;
      const builder = new GraphBuilder("average");
      const vector = (name: string) => builder.input(name, "float32", [past.length]);
      const share = builder.input("share", "float32", []);
      const blended = blendNodes(builder, { average: vector("average"), data: vector("data"), share });
      builder.output(blended, "next");
      const { next } = await runGraph(builder, {
        average: float32([past.length], past),
        data: float32([past.length], data),
        share: float32([], [1 - ema.decayAt(step)]),
      });
      past.set(floats(next));
    }
  },
};
const emas = golden.ema.flatMap((one) => [
  { ...one, face: "loop" as const },
  { ...one, face: "graph" as const },
]);

describe("ModelEma", () => {
  test.each(emas)(
    "decay $decay, warm-up $use_warmup by the $face",
    ({ face, decay, use_warmup = false, trace }) =>
      withStep(4, async (model, step) => {
        const ema = new ModelEma(model, { decay, warmup: use_warmup });
        const optimizer = createOptimizerV2(model, sgd);
        for (const expected of trace) {
          await step.run(images, oneHot(labels));
          optimizer.step();
          await averages[face](ema, model, expected.step);
          expect(ema.decayAt(expected.step)).toBeCloseTo(expected.decay, 9);
          expectClose(tensor(ema, "fc.bias"), expected.fc_bias);
          expectClose(tensor(ema, "bn1.running_mean"), expected.running_mean);
          expect(l2(tensor(ema, "conv1.weight")) / expected.conv1_l2).toBeCloseTo(1, 5);
          const count = ema.state.find(({ name }) => name === "bn1.num_batches_tracked");
          expect(count?.data).toEqual(BigInt64Array.of(BigInt(expected.step)));
        }
      }),
  );

  test.each(Object.entries(golden.ema_warmup_decay))(
    "the warm-up's decay at update %s is %d",
    (step, decay) => {
      expect(new ModelEma(createTiny()).decayAt(Number(step))).toBeCloseTo(decay, 9);
    },
  );

  test("goes on from a saved average, and refuses another model's", () => {
    const model = createTiny();
    const ema = new ModelEma(model);
    for (const { data } of model.parameters) data.fill(0.25);
    ema.update(2);
    const saved = new Map(
      ema.state.map(({ name, shape, data }) => [
        name,
        { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
      ]),
    );
    const next = new ModelEma(model);
    next.load(saved);
    expect(next.state).toEqual(ema.state);
    saved.delete("fc.bias");
    expect(() => next.load(saved)).toThrow(
      new Error("loadState: tensors must be the state of tiny; 1 missing: fc.bias"),
    );
  });

  test.each([-0.1, 1, Number.NaN])("a decay of %d is refused", (decay) => {
    expect(() => new ModelEma(createTiny(), { decay })).toThrow(
      new RangeError(`ModelEma: decay must be a number in [0, 1), got ${decay}`),
    );
  });
});

describe("soft targets with mixed images", () => {
  const reversed = [...labels].reverse();
  const share = images.length / labels.length;
  const partner = Float32Array.from(images, (_, i) => {
    const image = Math.floor(i / share);
    return images[(labels.length - 1 - image) * share + (i % share)] ?? Number.NaN;
  });
  const inBox = (i: number, [top, bottom, left, right]: readonly number[]) => {
    const [row, column] = [Math.floor(i / 16) % 16, i % 16];
    return row >= (top ?? 0) && row < (bottom ?? 0) && column >= (left ?? 0) && column < (right ?? 0);
  };

  test.each(golden.mix)(
    "$kind at $lam with smoothing $smoothing",
    ({ lam, box, smoothing, loss, fc_bias_grad }) =>
      withStep(4, async (model, step) => {
        const mixed = images.map((value, i) => {
          const other = partner[i] ?? Number.NaN;
          if (box !== undefined) return inBox(i, box) ? other : value;
          return lam * value + (1 - lam) * other;
        });
        const [own, others] = [oneHot(labels), oneHot(reversed)];
        const target = own.map(
          (on, i) => smoothing / 10 + (1 - smoothing) * (lam * on + (1 - lam) * (others[i] ?? Number.NaN)),
        );
        const result = await step.run(mixed, target);
        expect(result.loss).toBeCloseTo(loss, 5);
        expectClose(
          model.parameters.find(({ name }) => name === "fc.bias")?.grad ?? new Float32Array(),
          fc_bias_grad,
        );
      }),
  );
});
