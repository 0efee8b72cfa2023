/** Checks of what `fit` is given: parts of the kinds that it calls, and that fit together. */
import type { Loader } from "../data/batch.ts";
import { checkMixing } from "../data/mixup.ts";
import { checkErasing } from "../data/random-erasing.ts";
import type { FitOptions } from "./fit-options.ts";

/** Functions that a part must have, and what to do where it has not. */
const parts: Readonly<Record<string, readonly [functions: readonly string[], cure: string]>> = {
  updater: [["update", "createEvaluation", "close"], "await createUpdater"],
  "updater.store": [["read", "written", "tensors"], "take that of createUpdater, or leave it out"],
  engine: [["load"], "await createEngine"],
  model: [["forwardGraph"], "make it by createModel"],
  optimizer: [["step", "stateDict"], "make it by createOptimizer"],
  average: [["update", "load"], "make it by new ModelEma(model)"],
  loader: [["batches"], "make it by arrayLoader, generatorLoader or createLoader"],
  validation: [["batches"], "make it by arrayLoader, generatorLoader or createLoader"],
  task: [["targets", "createMeter"], "make it by createTask"],
  schedule: [["step", "stepUpdate"], "take the scheduler of what createScheduler returns"],
};

/**
 * Refuses parts of another kind, and parts that do not fit together.
 *
 * @throws TypeError for one of another kind, RangeError for one that fits the others not.
 */
export function checkParts(options: FitOptions): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const name of Object.keys(parts)) {
    const part = given[name];
    if (part !== undefined && part !== null) checkPart("fit", name, part);
  }
  const { loader, validation, mixing, erasing, schedule, updater, optimizer, resume } = options;
  if (updater?.store !== undefined) checkPart("fit", "updater.store", updater.store);
  checkLoader("loader", loader);
  if (validation) checkValidation(validation, loader);
  if (mixing) checkMixing("fit: mixing", mixing);
  if (erasing) checkErasing("fit: erasing", erasing);
  const groups: readonly object[] = (updater ?? { optimizer }).optimizer?.paramGroups ?? [];
  if (schedule && !schedule.optimizer.paramGroups.some((group) => groups.includes(group))) {
    throw new RangeError(
      "fit: schedule must be over groups of the optimizer, got one over those of another; make it from this optimizer",
    );
  }
  if (resume !== undefined && resume !== null) checkResume(resume);
}

/**
 * Refuses a part of another kind.
 *
 * @param where - Function named in errors.
 * @param name - Parameter, one of those that `fit` takes.
 * @throws TypeError
 */
export function checkPart(where: string, name: string, part: unknown): void {
  const [functions, cure] = parts[name] ?? [[], ""];
  const missing = functions.find((one) => !hasFunction(part, one));
  if (missing === undefined) return;
  const got = part instanceof Promise ? "a promise" : Array.isArray(part) ? "a list" : typeof part;
  throw new TypeError(`${where}: ${name} must have a function ${missing}, got ${got} without it; ${cure}`);
}

function hasFunction(part: unknown, name: string): boolean {
  if (typeof part !== "object" || part === null) return false;
  return typeof Reflect.get(part, name) === "function";
}

function checkLoader(name: string, { batchSize, length, inputSize }: Loader): void {
  for (const [count, value] of Object.entries({ batchSize, length })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`fit: ${count} of ${name} must be an integer >= 1, got ${value}`);
  }
  const isSize = Array.isArray(inputSize) && inputSize.length === 3;
  if (isSize && inputSize.every((side) => Number.isSafeInteger(side) && side >= 1)) return;
  throw new RangeError(
    `fit: inputSize of ${name} must be [C, H, W], integers >= 1, got ${JSON.stringify(inputSize)}`,
  );
}

/** One updater takes the images of both. */
function checkValidation(validation: Loader, { inputSize, input = "uint8" }: Loader): void {
  checkLoader("validation", validation);
  const { samples } = validation;
  if (!(Number.isSafeInteger(samples) && samples >= 1)) {
    throw new RangeError(`fit: samples of validation must be an integer >= 1, got ${samples}`);
  }
  const kind = validation.input ?? "uint8";
  if (kind === input && validation.inputSize.join() === inputSize.join()) return;
  throw new RangeError(
    `fit: validation must give images as loader does, ${input} [${inputSize.join(", ")}], ` +
      `got ${kind} [${validation.inputSize.join(", ")}]; make both loaders for one size`,
  );
}

function checkResume(resume: unknown): void {
  const progress: unknown =
    typeof resume === "object" && resume !== null && "progress" in resume ? resume.progress : undefined;
  if (typeof progress === "object" && progress !== null) {
    const { epoch, update, batch, running, history }: Readonly<Record<string, unknown>> = { ...progress };
    const isCounted = [epoch, update, batch].every(
      (count) => Number.isSafeInteger(count) && Number(count) >= 0,
    );
    if (isCounted && typeof running === "object" && running !== null && Array.isArray(history)) return;
  }
  throw new TypeError(
    "fit: resume must be a state with the progress of a run, got one without it; " +
      "take the state of what readTrainingState returns, or the progress of what fit returns as { progress }",
  );
}
