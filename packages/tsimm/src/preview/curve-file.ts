/** Curves as files: figures for people, numbers for programs. */
import { extname } from "node:path";
import { WriteError, writeFileWhole } from "../files/write-file.ts";
import type { Figure } from "../plot/figure.ts";
import { UsageError } from "../usage-error.ts";
import { curvesCsv, curvesJson, type ScheduleCurves } from "./curve-text.ts";

const FORMATS: Readonly<Record<string, (curves: ScheduleCurves) => Promise<string | Uint8Array>>> = {
  ".svg": (curves) => svg(curves),
  ".png": async (curves) => {
    const { svgToPng } = await import("../plot/svg-to-png.ts");
    return svgToPng(await svg(curves));
  },
  ".csv": async (curves) => curvesCsv(curves),
  ".json": async (curves) => curvesJson(curves),
};

/** Whether a file of this name holds the rate of every t. */
export function holdsEveryRate(path: string): boolean {
  return [".csv", ".json"].includes(extname(path));
}

/**
 * Refuses a file name whose ending is not .svg, .png, .csv or .json.
 *
 * @throws UsageError
 */
export function checkCurveFile(path: string): void {
  if (extname(path) in FORMATS) return;
  const endings = Object.keys(FORMATS).join(", ");
  throw new UsageError(`schedule: --output must end in one of ${endings}, got "${path}"`);
}

/**
 * Writes curves in the format that the ending of the file's name says.
 *
 * @throws Error if the file system refuses.
 */
export async function writeCurveFile(path: string, curves: ScheduleCurves): Promise<void> {
  checkCurveFile(path);
  const data = await FORMATS[extname(path)]?.(curves);
  if (data === undefined) return;
  try {
    await writeFileWhole(path, data);
  } catch (cause) {
    if (!(cause instanceof WriteError)) throw cause;
    const allowed = "a file that can be written";
    throw new Error(`schedule: --output must be ${allowed}, got "${path}"; ${cause.reason}`, { cause });
  }
}

async function svg({ unit, curves, log }: ScheduleCurves): Promise<string> {
  const [{ figureToSvg }, { learningRateFigure }] = await Promise.all([
    import("../plot/figure-to-svg.ts"),
    import("../plot/training-figures.ts"),
  ]);
  const series = curves.map(({ label, schedule: { times, rates, length } }) => ({
    label: curves.length > 1 ? label : "",
    ...{ times, rates: [...rates], length },
  }));
  const [only] = curves;
  const title = curves.length === 1 && only ? `Learning rate: ${only.label}` : "Learning rate";
  const figure: Figure = learningRateFigure(series, { unit, title, yScale: log ? "log" : "linear" });
  return figureToSvg(figure);
}
