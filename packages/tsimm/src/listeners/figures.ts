/** The figures of a run. */
import { join } from "node:path";
import { updateFile } from "../files/write-file.ts";
import type { Figure } from "../plot/figure.ts";
import { figureToSvg } from "../plot/figure-to-svg.ts";
import { svgToPng } from "../plot/svg-to-png.ts";
import {
  type CurvesFigureOptions,
  curvesFigure,
  learningRateFigure,
  type RateSeries,
} from "../plot/training-figures.ts";
import type { EpochRow } from "../train/events.ts";
import type { Listener } from "../train/listener.ts";

/** Options of {@link figuresListener}. */
export interface FiguresOptions {
  /** Lines of the schedule's figure; none: no such figure. */
  readonly schedule: readonly RateSeries[];
  /** Unit of t of these. */
  readonly unit: "epoch" | "update";
  /** Learning rates between the epochs that are done. */
  ratesOf(history: readonly EpochRow[]): CurvesFigureOptions["rates"];
  /** Called with the name of each file that was not there as it should be. */
  onWrite?(name: string): void;
}

/**
 * Writes `lr.svg` and `lr.png` when a run begins, `curves.svg` and `curves.png` when it ends.
 *
 * @param folder - An existing folder.
 */
export function figuresListener(folder: string, options: FiguresOptions): Listener {
  const { schedule, unit, ratesOf, onWrite = () => {} } = options;
  let metrics: CurvesFigureOptions["metrics"];
  return {
    name: "figures",
    async on(event) {
      if (event.type === "runStarted") metrics = event.metrics;
      if (event.type === "runStarted" && schedule.length > 0) {
        await writeFigure(folder, "lr", learningRateFigure(schedule, { unit }));
      }
      if (event.type !== "runEnded" || event.outcome === "failed" || event.history.length === 0) return;
      const figure = curvesFigure(event.history, {
        rates: ratesOf(event.history) ?? null,
        ...(metrics === undefined ? {} : { metrics }),
      });
      for (const name of await writeFigure(folder, "curves", figure)) onWrite(name);
    },
  };
}

/** @returns Names of the files that were not there as they should be. */
async function writeFigure(folder: string, name: string, figure: Figure): Promise<string[]> {
  const svg = figureToSvg(figure);
  const files = { [`${name}.svg`]: svg, [`${name}.png`]: await svgToPng(svg) };
  const written: string[] = [];
  for (const [file, data] of Object.entries(files)) {
    if (await updateFile(join(folder, file), data)) written.push(file);
  }
  return written;
}
