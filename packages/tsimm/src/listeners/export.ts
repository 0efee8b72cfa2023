/** What a run leaves for people and programs: figures and an ONNX file. */
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { updateFile } from "../files/write-file.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import type { Figure } from "../plot/figure.ts";
import { figureToSvg } from "../plot/figure-to-svg.ts";
import { svgToPng } from "../plot/svg-to-png.ts";
import { curvesFigure, learningRateFigure, type RateSeries } from "../plot/training-figures.ts";
import { sampleTimes } from "../preview/sample-times.ts";
import { scheduleTurns } from "../preview/simulate.ts";
import { type EarlierPlan, earlierRates } from "../recipe/earlier-plan.ts";
import { isFunctionOfTime, plannedRates } from "../recipe/planned-rates.ts";
import type { Run } from "../train/run.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";

/**
 * Writes `lr.svg` and `lr.png`: the rate of the whole schedule, and dashed those that the run followed before it was
 * resumed with this one. Nothing when they are no functions of time.
 */
export async function writeSchedule(run: Run): Promise<void> {
  const { folder, scheduler, updatesPerEpoch, progress } = run;
  const earlier = earlierSeries(progress.earlierPlans, scheduler.tInEpochs ? 1 : updatesPerEpoch);
  const series = [...earlier, ...(isFunctionOfTime(scheduler) ? [presentSeries(run)] : [])];
  if (series.length === 0) return;
  const unit = scheduler.tInEpochs ? "epoch" : "update";
  await writeFigure(folder, "lr", learningRateFigure(series, { unit }));
}

function presentSeries({ args, scheduler, numEpochs, updatesPerEpoch, progress }: Run): RateSeries {
  const perEpoch = scheduler.tInEpochs ? 1 : updatesPerEpoch;
  const length = numEpochs * perEpoch;
  const rateAt = (t: number) => scheduler.valuesAt(t)[0] ?? 0;
  const times = sampleTimes(length, scheduleTurns(args, perEpoch), rateAt);
  const from = progress.earlierPlans.at(-1)?.until;
  const label = from === undefined ? args.sched : `${args.sched} from ${epochLabel(from)}`;
  return { label, times, rates: times.map(rateAt), length };
}

function earlierSeries(plans: readonly EarlierPlan[], perEpoch: number): RateSeries[] {
  return plans.flatMap((plan) => {
    const rates = earlierRates(plan, perEpoch);
    const label = `${plan.args["sched"]} until ${epochLabel(plan.until)}`;
    return rates === null ? [] : [{ label, ...rates, dashed: true }];
  });
}

function epochLabel(epochs: number): string {
  return `epoch ${Number(epochs.toFixed(1))}`;
}

/**
 * Writes `curves.svg` and `curves.png`: losses, accuracies and rate of the epochs so far.
 *
 * @returns Names of the files that were not there as they should be.
 */
export async function writeCurves(run: Run): Promise<string[]> {
  const { folder, progress } = run;
  if (progress.rows.length === 0) return [];
  return writeFigure(folder, "curves", curvesFigure(progress.rows, { rates: plannedRates(run) }));
}

/**
 * Writes `model.onnx`: the best weights, with class names and preprocessing in the metadata.
 *
 * @returns Its name, if it was not there as it should be.
 */
export async function writeOnnx({
  folder,
  model,
  ema,
  classNames,
  dataConfig,
  progress,
  reporter,
}: Run): Promise<string[]> {
  if (progress.best === null) return [];
  const file = ema === null ? "model_best.safetensors" : "model_best.ema.safetensors";
  const { tensors: weights } = decodeSafetensors(
    await readRegularFile(join(folder, file), { limit: WEIGHTS_LIMIT }),
  );
  const written = await updateFile(
    join(folder, "model.onnx"),
    encodeClassifier({ model, weights, classNames, dataConfig, average: ema !== null }),
  );
  if (!written) return [];
  if (ema !== null) {
    reporter.info(
      "model.onnx holds the moving average of the weights; the plain ones are in model_best.resume.safetensors",
    );
  }
  return ["model.onnx"];
}

/**
 * Makes sure that the sample image is a file of its own: one inside an archive is written to the output folder.
 *
 * @returns Its path; null if no image of the data set can be read.
 */
export async function placeSample(run: Run): Promise<string | null> {
  const sample = await run.sample();
  if (sample === null) return null;
  const onDisk = await stat(sample.path).then(
    (file) => file.isFile(),
    () => false,
  );
  if (onDisk) return sample.path;
  const path = join(run.folder, `sample${extname(sample.path)}`);
  await updateFile(path, sample.bytes);
  return path;
}

async function writeFigure(folder: string, name: string, figure: Figure): Promise<string[]> {
  const svg = figureToSvg(figure);
  const files = { [`${name}.svg`]: svg, [`${name}.png`]: await svgToPng(svg) };
  const written: string[] = [];
  for (const [file, data] of Object.entries(files)) {
    if (await updateFile(join(folder, file), data)) written.push(file);
  }
  return written;
}
