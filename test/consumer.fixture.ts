/** A program of a user: it has to compile, and what is marked as wrong in it must not. */
import { type OptimizerLike, StepLRScheduler } from "@tsimm/scheduler";
import { createModel, listModels, listOptimizers, type TrainArguments, train } from "tsimm";
import { createOptimizer, listModels as listModelsInBrowser } from "tsimm/browser";

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
  // @ts-expect-error: no such optimizer
  await train({ opt: "adma" });
  // @ts-expect-error: no such argument
  await train({ data_dir: "photos" });
  // @ts-expect-error: no such loss
  await train({ regressionLoss: "l2" });
  // @ts-expect-error: two numbers
  await train({ optBetas: [0.9] });
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
