/** Reads states of version 1, which knew classifiers only. */
import { isJsonObject } from "../text/json-object.ts";

/** Metrics of version 1 of which less is more. */
const DECREASING = "loss";
/** Metric of version 1 where its arguments name none. */
const DEFAULT_METRIC = "top1";

/**
 * A state of version 1 as one of version 2; anything else as it is.
 *
 * Version 1 had `arch`, `numClasses`, `inChans`, `classNames` and `classToIdx` in place of `model` and `task`, and no
 * `ranking`: that followed from the argument `eval_metric` and whether the newest epoch was validated.
 *
 * @param state - Not checked yet.
 */
export function fromVersion1(state: unknown): unknown {
  if (!isJsonObject(state) || state["version"] !== 1) return state;
  const { arch, numClasses, inChans, classNames, classToIdx: _classToIdx, ...rest } = state;
  return {
    ...rest,
    version: 2,
    model: { arch, numClasses, inChans },
    task: { name: "classification", outputNames: classNames, settings: {} },
    ranking: rankingOf(state),
    byOutput: [],
  };
}

function rankingOf({ args, metricHistory }: Readonly<Record<string, unknown>>): unknown {
  const newest: unknown = Array.isArray(metricHistory) ? metricHistory.at(-1) : undefined;
  if (isJsonObject(newest) && newest["validation"] === null) {
    return { name: "loss", better: "lower", of: "training" };
  }
  const name = (isJsonObject(args) ? args["eval_metric"] : undefined) ?? DEFAULT_METRIC;
  return { name, better: name === DECREASING ? "lower" : "higher", of: "validation" };
}
