/** Shows a run that grows as a line for each epoch, for files and pipes. */
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import { epochText } from "../../listeners/log-lines.ts";
import { printable } from "../../text/printable.ts";
import { followedMetrics } from "./followed-metrics.ts";
import type { RunView } from "./run-view.ts";
import { bestLine } from "./screen-lines.ts";
import type { ViewOutput } from "./view-output.ts";

/**
 * Writes a line for each epoch that is there and that comes, as training does.
 *
 * @param stream - Takes the epochs.
 * @param options - Metric to show, absent: the run's own; `info` and `warn` take everything else.
 */
export function lineOutput(
  stream: NodeJS.WritableStream,
  options: {
    readonly metric?: string | undefined;
    info(line: string): void;
    warn(line: string): void;
  },
): ViewOutput {
  const { metric, info, warn } = options;
  const line = (text: string) => void stream.write(`${printable(text)}\n`);
  let rows: readonly SummaryRow[] = [];
  let problem: string | null = null;
  let last: RunView | null = null;
  return {
    say: info,
    show(view) {
      const { drawn } = followedMetrics(view, metric);
      const same = rows.findIndex((row, i) => !isSame(row, view.rows[i]));
      const from = same < 0 ? rows.length : same;
      if (from < rows.length) info(`The run went back to epoch ${(rows[from]?.epoch ?? 0) + 1}`);
      for (const row of view.rows.slice(from)) {
        const seconds = secondsOf(row, view);
        const epochs = view.plan.numEpochs;
        line(epochText(row, { epochs, seconds, ...(drawn === null ? {} : { metric: drawn }) }));
      }
      if (view.problem !== null && view.problem !== problem) warn(view.problem);
      ({ rows, problem } = view);
      last = view;
    },
    close(reason) {
      const best = last === null ? null : bestLine(last.rows, followedMetrics(last, metric).ranking);
      if (best !== null) line(best.replace(/^b/, "B"));
      if (reason !== null) info(reason);
    },
  };
}

function isSame(row: SummaryRow, other: SummaryRow | undefined): boolean {
  return (
    row.epoch === other?.epoch && Object.is(row.trainLoss, other.trainLoss) && Object.is(row.lr, other.lr)
  );
}

/** null: its beginning or its end was not seen. */
function secondsOf({ epoch }: SummaryRow, { ends }: RunView): number | null {
  const at = (done: number) => ends.find((end) => end.done === done)?.at ?? Number.NaN;
  const seconds = (at(epoch + 1) - at(epoch)) / 1000;
  return seconds > 0 ? seconds : null;
}
