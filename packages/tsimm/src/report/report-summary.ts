/** The top of a report: one sentence, and the numbers that count. */
import { metricText } from "../listeners/log-lines.ts";
import type { Metric } from "../task/task.ts";
import { markup } from "../text/markup.ts";
import type { EpochRow } from "../train/events.ts";
import type { Report, ReportedEpochs } from "./report.ts";

/** Title of the page, and its first sentence. */
export interface ReportHead {
  /** Text. */
  readonly title: string;
  /** Markup. */
  readonly lead: string;
}

/** The epochs of a report. */
export function epochsOf({ state, task: { metrics } }: Report): ReportedEpochs {
  const { metricHistory: history, best, ranking, epoch } = state;
  const done = history.length === 0 ? 0 : epoch + 1;
  return { history, bestEpoch: best?.epoch ?? null, done, metrics, rankedBy: ranking.name };
}

/** The row of the best epoch; undefined: no epoch was ranked. */
export function bestRow({ history, bestEpoch }: ReportedEpochs): EpochRow | undefined {
  return history.find(({ epoch }) => epoch === bestEpoch);
}

/** The metric that is told first: the one that epochs are ranked by, unless that is a loss. */
export function mainMetric({ metrics, rankedBy }: ReportedEpochs): Metric | undefined {
  return (
    metrics.find(({ name }) => name === rankedBy && name !== "loss") ??
    metrics.find(({ name }) => name !== "loss")
  );
}

/** What the run was, in one sentence. */
export function headOf(report: Report): ReportHead {
  const { name, state, task, answers } = report;
  const epochs = epochsOf(report);
  const row = bestRow(epochs);
  const metric = mainMetric(epochs);
  const value = metric === undefined ? undefined : row?.validation?.[metric.name];
  const [channels, height, width] = state.dataConfig.inputSize;
  const size = `${height}×${width} ${channels === 1 ? "grey " : ""}pixels`;
  const outputs = `${task.outputNames.length} ${nounOf(report)}`;
  const what = `${markup(state.model.arch)} at ${size}, ${outputs}`;
  const done = `${epochs.done} epochs`;
  const on = answers === null ? "" : ` of ${answers.images} validation images`;
  if (metric === undefined || value === undefined) {
    return { title: `${name} · tsimm`, lead: `${what}, trained for ${done} without validation.` };
  }
  const said = `${metric.label} ${metricText(value, metric)}`;
  return {
    title: `${name} · ${said} · tsimm`,
    lead: `${what}, trained for ${done}: <b>${markup(said)}</b>${on} in epoch ${row?.epoch ?? 0}, the best one.`,
  };
}

/** What the outputs stand for. */
export function nounOf({ task: { answers, outputNames } }: Pick<Report, "task">): string {
  const one = answers?.kind === "class" ? "class" : answers?.kind === "labels" ? "label" : "output";
  if (outputNames.length === 1) return one;
  return one === "class" ? "classes" : `${one}s`;
}

/** The numbers that count, one on a tile. */
export function tiles(epochs: ReportedEpochs): string {
  const row = bestRow(epochs);
  const main = mainMetric(epochs);
  const validated = epochs.metrics.flatMap((metric) => {
    const value = row?.validation?.[metric.name];
    if (value === undefined) return [];
    const label = metric.name === "loss" ? "validation loss" : metric.label;
    return [{ label, value: metricText(value, metric), isMain: metric === main }];
  });
  const ordered = validated.toSorted((a, b) => Number(b.isMain) - Number(a.isMain));
  const training =
    row === undefined
      ? []
      : [{ label: "training loss", value: metricText(row.trainLoss, { unit: "" }), isMain: false }];
  const best =
    row === undefined
      ? []
      : [{ label: `best epoch of ${epochs.done}, counted from 0`, value: String(row.epoch), isMain: false }];
  const all = [...ordered, ...training, ...best];
  if (all.length === 0) return "";
  const items = all.map(
    ({ label, value, isMain }) =>
      `<li${isMain ? ' class="main"' : ""}><b>${markup(value)}</b><span>${markup(label)}</span></li>`,
  );
  return `<ul class="tiles">${items.join("")}</ul>`;
}
