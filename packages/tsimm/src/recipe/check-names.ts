/** Names in the arguments of a run that definitions must have. */
import { findSchedule } from "@tsimm/scheduler";
import { parseModelName } from "../models/pretrained/model-name.ts";
import { findOptimizer } from "../optim/optimizers.ts";
import { checkEngineName } from "../runtime/create-engine.ts";
import { findTask } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import { problemsError } from "./list-problems.ts";
import { isOnnxPath } from "./onnx-path.ts";

const COMMAND = "train";

/**
 * Refuses names that no definition has, built in or registered, before anything is opened.
 *
 * @param options - `ownModel`: the model is the caller's, and its name counts for nothing.
 * @throws UsageError that names every one of them, each with the names there are and the nearest one.
 */
export function checkNames(
  args: Pick<TrainArguments, "task" | "model" | "opt" | "sched" | "engine">,
  { ownModel }: { readonly ownModel: boolean },
): void {
  const { task, model, opt, sched, engine } = args;
  const lookups = [
    () => findTask("createTask", task),
    () => !ownModel && !isOnnxPath(model) && parseModelName("createModel", model),
    () => findOptimizer("createOptimizer", opt),
    () => findSchedule(sched),
    () => checkEngineName("createEngine", engine),
  ];
  const problems = lookups.flatMap((lookup) => problemOf(args, lookup));
  if (problems.length > 0) throw problemsError(COMMAND, problems);
}

function problemOf(args: Partial<TrainArguments>, lookup: () => unknown): string[] {
  try {
    fromFlags(COMMAND, args, lookup);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.message.replace(`${COMMAND}: `, "")];
  }
}
