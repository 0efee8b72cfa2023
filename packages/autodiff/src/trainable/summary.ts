/** What is trained and what is not, in one line. */
import type { FixedTensor, RunningStatistics, TrainableParameter } from "./weights-of-model.ts";

/** One line for a log, by reason. */
export function summaryOf(
  parameters: readonly TrainableParameter[],
  runningStatistics: readonly RunningStatistics[],
  fixed: readonly FixedTensor[],
): string {
  const sizes = parameters.map(({ data }) => data.length);
  const parts = [`${tensorsOf(sizes)} ${sizes.length === 1 ? "is" : "are"} trained`];
  const { length } = runningStatistics;
  if (length > 0) parts.push(`running statistics of ${count(length, "batch normalization")} follow`);
  for (const reason of new Set(fixed.map((tensor) => reasonOf(tensor)))) {
    const same = fixed.filter((tensor) => reasonOf(tensor) === reason);
    const verb = same.length === 1 ? "stays" : "stay";
    parts.push(`${tensorsOf(same.map(({ elements }) => elements))} ${verb} (${reason})`);
  }
  return parts.join("; ");
}

/** Settings of all operators in one. */
function reasonOf({ reason }: FixedTensor): string {
  return reason.startsWith("sets up ") ? "settings of operators" : reason;
}

function tensorsOf(sizes: readonly number[]): string {
  const elements = sizes.reduce((sum, size) => sum + size, 0);
  return `${count(sizes.length, "tensor")} with ${count(elements, "element")}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
