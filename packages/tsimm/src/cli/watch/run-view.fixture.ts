/** Runs to be shown. */
import { readSummary } from "../../checkpoint/read-summary.ts";
import { planOf, type RunPlan } from "../../recipe/run-plan.ts";
import type { RunView } from "./run-view.ts";

/** Arguments of a run of timm. */
export const timmArguments = {
  ...{ model: "resnet18", epochs: 10, sched: "step", lr: 0.1, decay_epochs: 4, decay_rate: 0.1 },
  ...{ warmup_epochs: 0, eval_metric: "top1", kd_model_name: "resnet50" },
} as const;

/** The text of the first epochs of a run, as timm writes it. */
export function timmSummary(epochs: number): string {
  const rows = Array.from({ length: epochs }, (_, epoch) => {
    const loss = 2.5 / (1 + epoch / 2);
    const metrics = [loss, loss * 1.2, 20 + 5 * epoch, 60 + 3 * epoch, epoch < 4 ? 0.1 : 0.01];
    return `${[epoch, ...metrics].join(",")}\r\n`;
  });
  return `epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\r\n${rows.join("")}`;
}

/** A run as its folder shows it. */
export function viewOf(
  text: string,
  options: Partial<RunView> & { readonly saved?: RunPlan["saved"] } = {},
): RunView {
  const { saved = timmArguments, ...view } = options;
  return {
    ...{ folder: "/runs/a", plan: planOf(saved), rows: readSummary(text), ends: [] },
    ...{ training: null, problem: null },
    ...view,
  };
}
