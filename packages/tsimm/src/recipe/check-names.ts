/** Names in the arguments of a run that definitions must have. */
import { findSchedule } from "@tsimm/scheduler";
import { parseModelName } from "../models/pretrained/model-name.ts";
import { findOptimizer } from "../optim/optimizers.ts";
import { checkEngineName } from "../runtime/create-engine.ts";
import { findTask } from "../task/tasks.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import { isOnnxPath } from "./onnx-path.ts";

/**
 * Refuses names that no definition has, built in or registered, before anything is opened.
 *
 * @param options - `ownModel`: the model is the caller's, and its name counts for nothing.
 * @throws UsageError that lists the names, with the nearest one.
 */
export function checkNames(
  args: Pick<TrainArguments, "task" | "model" | "opt" | "sched" | "engine">,
  { ownModel }: { readonly ownModel: boolean },
): void {
  const { task, model, opt, sched, engine } = args;
  fromFlags("train", args, () => {
    findTask("createTask", task);
    if (!ownModel && !isOnnxPath(model)) parseModelName("createModel", model);
    findOptimizer("createOptimizer", opt);
    findSchedule(sched);
    checkEngineName("createEngine", engine);
  });
}
