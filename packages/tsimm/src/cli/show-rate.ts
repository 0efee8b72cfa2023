/** Looks for a learning rate, and shows what was found. */
import { extname } from "node:path";
import { makeFolderOf, writeFileWhole } from "../files/write-file.ts";
import { terminalPlot } from "../preview/terminal-plot.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import { type FoundRate, findRate } from "../recipe/find-rate.ts";
import { csvText } from "../text/csv-text.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { LrFindOptions } from "./flags/lr-find-flags.ts";
import { info, warn } from "./log-lines.ts";

const FORMATS = [".svg", ".png", ".csv", ".json"];
/** Updates between two log lines. */
const EVERY = 10;

/**
 * Runs the test: log lines on stderr, plot and suggestion on stdout.
 *
 * @throws UsageError for arguments that make no sense.
 */
export async function showRate(given: Partial<TrainArguments>, options: LrFindOptions): Promise<void> {
  const { lrFindStart = 1e-7, lrFindEnd = 10, lrFindSteps = 100, lrFindStop, lrFindOutput = [] } = options;
  for (const file of lrFindOutput) {
    if (FORMATS.includes(extname(file).toLowerCase())) continue;
    throw new UsageError(
      printable(`lr-find: --lr-find-output must end in one of ${FORMATS.join(", ")}, got "${file}"`),
    );
  }
  if (!(lrFindEnd > lrFindStart)) {
    throw new UsageError(
      `lr-find: --lr-find-end must be > --lr-find-start (= ${lrFindStart}), got ${lrFindEnd}`,
    );
  }
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  let done = 0;
  const found = await findRate(given, {
    ...{ start: lrFindStart, end: lrFindEnd, updates: lrFindSteps, signal: stop.signal, log: { info, warn } },
    ...(lrFindStop === undefined ? {} : { stopAt: lrFindStop }),
    onUpdate({ lr, loss, smoothed }) {
      if (done++ % EVERY !== 0) return;
      info(
        `LR find: [${String(done - 1).padStart(4)}/${lrFindSteps}]  LR: ${lr.toExponential(3)}  Loss: ${loss.toPrecision(3)} (${smoothed.toPrecision(3)})`,
      );
    },
  }).finally(() => process.off("SIGINT", interrupt));
  for (const file of lrFindOutput) {
    await makeFolderOf(file);
    await writeFileWhole(file, await contentOf(found, file));
  }
  const { points, curve } = found;
  if (points.length > 1) process.stdout.write(`${plot(curve).join("\n")}\n\n`);
  process.stdout.write(`${said(found)}\n`);
  if (lrFindOutput.length > 0) info(`Wrote ${lrFindOutput.join(", ")}`);
  if (found.outcome === "stopped") process.exitCode = 130;
}

function plot(curve: readonly number[]): string[] {
  const { columns = 80, isTTY } = process.stdout;
  const width = Math.min(100, Math.max(40, columns));
  return terminalPlot([{ label: "smoothed loss", values: Float64Array.from(curve) }], {
    ...{ title: "smoothed training loss", xLabel: "update", width },
    color: isTTY && process.stdout.hasColors(),
  });
}

const OUTCOMES: Readonly<Record<FoundRate["outcome"], string>> = {
  end: "the last rate was reached",
  rising: "the loss rose",
  diverged: "the loss was not finite any more",
  stopped: "it was stopped",
};

function said({ points, suggestion, outcome, imagesPerUpdate }: FoundRate): string {
  const rates = `${points[0]?.lr.toExponential(1) ?? "?"} to ${points.at(-1)?.lr.toExponential(1) ?? "?"}`;
  const tested = `Tried ${points.length} rates, ${rates}; ${OUTCOMES[outcome]}.`;
  if (suggestion === null) {
    return `${tested}\nNo suggestion: the loss does not fall; try more --lr-find-steps, a larger --batch-size or another --lr-find-end`;
  }
  const rate = Number(suggestion.toPrecision(2));
  return `${tested}\nSuggested learning rate: ${rate} (steepest descent, for ${imagesPerUpdate} images an update); pass it as --lr ${rate}`;
}

async function contentOf(found: FoundRate, file: string): Promise<string | Uint8Array> {
  const { points, curve, suggestion, outcome } = found;
  const rows = points.map(({ lr, loss, smoothed }, index) => ({
    lr,
    loss,
    smoothed,
    curve: curve[index] ?? 0,
  }));
  const ending = extname(file).toLowerCase();
  if (ending === ".json") return `${JSON.stringify({ suggestion, outcome, points: rows })}\n`;
  if (ending === ".csv") {
    return csvText([
      ["lr", "loss", "smoothed", "curve"],
      ...rows.map((row) => [row.lr, row.loss, row.smoothed, row.curve]),
    ]);
  }
  const [{ figureToSvg }, { rateRangeFigure }] = await Promise.all([
    import("../plot/figure-to-svg.ts"),
    import("../plot/rate-range-figure.ts"),
  ]);
  const svg = figureToSvg(rateRangeFigure(found));
  if (ending === ".svg") return svg;
  const { svgToPng } = await import("../plot/svg-to-png.ts");
  return await svgToPng(svg);
}
