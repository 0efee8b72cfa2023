/** A program of a user: it has to compile, and what is marked as wrong in it must not. */
import { type OptimizerLike, StepLRScheduler } from "@tsimm/scheduler";
import {
  createEngine,
  createModel,
  defineModelFamily,
  defineOptimizer,
  listModels,
  listOptimizers,
  optionChecks,
  registerModelFamily,
  registerOptimizer,
  type TrainArguments,
  train,
} from "tsimm";
import { createOptimizer, listModels as listModelsInBrowser } from "tsimm/browser";
import { classify, flatten, imageNet } from "tsimm/layers";

declare module "tsimm" {
  interface RegisteredOptimizers {
    signum: true;
  }
  interface RegisteredEngines {
    abacus: true;
  }
  interface RegisteredArguments {
    readonly halfLife: number;
  }
}

declare module "@tsimm/scheduler" {
  interface RegisteredSchedules {
    halving: true;
  }
}

/** Trains with an optimizer, a model and an engine of the user's own, by their names. */
export async function registered(dataDir: string): Promise<void> {
  registerOptimizer(
    defineOptimizer({
      name: "signum",
      lr: 1e-4,
      defaults: { momentum: 0.9, betas: null },
      checks: { momentum: optionChecks.fraction, betas: optionChecks.orNull(optionChecks.twoFractions) },
      createSlots: ({ data }) => ({ momentum_buffer: new Float32Array(data.length) }),
      loop({ data }, grad, { momentum_buffer: mean }, { lr, momentum }) {
        for (let i = 0; i < data.length; i++) {
          mean[i] = momentum * (mean[i] ?? 0) + (1 - momentum) * (grad[i] ?? 0);
          data[i] = (data[i] ?? 0) - lr * Math.sign(mean[i] ?? 0);
        }
      },
    }),
  );
  registerModelFamily(
    defineModelFamily({
      name: "softmax_regression",
      models: { softmax_regression_8: { side: 8 } },
      create: (name, { side }, { inChans }) => ({
        ...{ name, inChans, numFeatures: inChans, classifier: "fc" },
        pretrainedCfg: { ...imageNet, inputSize: [3, side, side] },
        forwardFeatures: (_, images) => images,
        forwardHead: (layers, x, head) =>
          classify(layers, "fc", flatten(layers, x), head, { dropModule: "drop" }),
      }),
    }),
  );
  await createEngine("abacus");
  await train({ dataDir, opt: "signum", model: "softmax_regression_8" });
  await train({ dataDir, opt: "lookahead_signum" });
  await train({ dataDir, sched: "halving", halfLife: 2 });
}

/** Trains with every optimizer and model there is. */
export async function everything(dataDir: string): Promise<void> {
  for (const opt of listOptimizers()) await train({ dataDir, opt });
  for (const model of listModels("resnet*")) await train({ dataDir, model });
  await train({ dataDir, opt: "lookahead_adamw", sched: "wsd", lr: null, optBetas: [0.9, 0.95] });
  const { epochs } = await train({}, { signal: new AbortController().signal });
  for (const { epoch, train: trained, validation } of epochs) {
    const numbers: number[] = [epoch, trained.loss, validation?.top1 ?? 0];
    console.log(numbers);
  }
}

/** Calls that are refused when they are compiled. */
export async function refused(): Promise<void> {
  // @ts-expect-error: no such schedule
  await train({ sched: "stpe" });
  // @ts-expect-error: the argument of a registered schedule is a number
  await train({ halfLife: "2" });
  // @ts-expect-error: no such optimizer
  await train({ opt: "adma" });
  // @ts-expect-error: no such engine
  await createEngine("wsam");
  const unchecked = { name: "x", lr: 1, defaults: { momentum: 0 }, checks: {} };
  // @ts-expect-error: an option without a check
  defineOptimizer({ ...unchecked, createSlots: () => ({}), loop() {} });
  // @ts-expect-error: no such argument
  await train({ data_dir: "photos" });
  // @ts-expect-error: no such loss
  await train({ regressionLoss: "l2" });
  // @ts-expect-error: two numbers
  await train({ scale: [0.9] });
  // @ts-expect-error: a number
  await train({ epochs: "5" });
  // @ts-expect-error: options are an object
  createModel("resnet18", true);
  // @ts-expect-error: no such option
  createModel("resnet18", { num_classes: 10 });
  // @ts-expect-error: read-only
  (({}) as TrainArguments).epochs = 3;
}

/** A scheduler on an optimizer of tsimm, and on one of the user. */
export function scheduled(own: OptimizerLike): StepLRScheduler[] {
  const model = createModel(listModelsInBrowser()[0] ?? "resnet18", { numClasses: 10 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0.9 }, model);
  return [optimizer, own].map((driven) => new StepLRScheduler(driven, { decayT: 30, decayRate: 0.1 }));
}
