/** What a run leaves for people and programs: figures and an ONNX file. */
import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { writeFileWhole } from "../files/write-file.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import type { Figure } from "../plot/figure.ts";
import { figureToSvg } from "../plot/figure-to-svg.ts";
import { svgToPng } from "../plot/svg-to-png.ts";
import { curvesFigure, learningRateFigure, type RateSeries } from "../plot/training-figures.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";
import { type EarlierPlan, earlierRates } from "./earlier-plan.ts";
import type { Run } from "./run.ts";

/**
 * Writes `lr.svg` and `lr.png`: the rate of the whole schedule, and dashed those that the run followed before it was
 * resumed with this one. Nothing when they are no functions of time.
 */
export async function writeSchedule(run: Run): Promise<void> {
  const { args, folder, scheduler, numEpochs, updatesPerEpoch, progress } = run;
  const perEpoch = scheduler.tInEpochs;
  const length = perEpoch ? numEpochs : numEpochs * updatesPerEpoch;
  const rates = Array.from({ length }, (_, t) =>
    perEpoch ? scheduler.getEpochValues(t) : scheduler.getUpdateValues(t),
  ).map((values) => values?.[0]);
  const { earlierPlans } = progress;
  const from = earlierPlans.at(-1)?.until;
  const label = from === undefined ? args.sched : `${args.sched} from ${epochLabel(from)}`;
  const present = rates.every((rate) => rate !== undefined) ? [{ label, rates }] : [];
  const series = [...earlierSeries(earlierPlans, perEpoch ? 1 : updatesPerEpoch), ...present];
  if (series.length === 0) return;
  const unit = perEpoch ? "epoch" : "update";
  await writeFigure(folder, "lr", learningRateFigure(series, { unit }));
}

function earlierSeries(plans: readonly EarlierPlan[], perEpoch: number): RateSeries[] {
  return plans.flatMap((plan) => {
    const planned = earlierRates(plan, perEpoch);
    if (planned === null) return [];
    const rates = Array.from({ length: planned.length }, (_, t) => planned.rateAt(t));
    return [{ label: `${plan.args["sched"]} until ${epochLabel(plan.until)}`, rates, dashed: true }];
  });
}

function epochLabel(epochs: number): string {
  return `epoch ${Number(epochs.toFixed(1))}`;
}

/** Writes `curves.svg` and `curves.png`: losses, accuracies and rate of the epochs so far. */
export async function writeCurves({ folder, progress }: Run): Promise<void> {
  if (progress.rows.length > 0) await writeFigure(folder, "curves", curvesFigure(progress.rows));
}

/** Writes `model.onnx`: the best weights, with class names and preprocessing in the metadata. */
export async function writeOnnx({
  folder,
  model,
  ema,
  classNames,
  dataConfig,
  progress,
}: Run): Promise<void> {
  if (progress.best === null) return;
  const file = ema === null ? "model_best.safetensors" : "model_best.ema.safetensors";
  const { tensors: weights } = decodeSafetensors(await readFile(join(folder, file)));
  await writeFileWhole(
    join(folder, "model.onnx"),
    encodeClassifier({ model, weights, classNames, dataConfig }),
  );
}

/**
 * Makes sure that the sample image is a file of its own: one inside an archive is written to the output folder.
 *
 * @returns Its path.
 */
export async function placeSample({ folder, sample }: Run): Promise<string> {
  const onDisk = await stat(sample.path).then(
    (file) => file.isFile(),
    () => false,
  );
  if (onDisk) return sample.path;
  const path = join(folder, `sample${extname(sample.path)}`);
  await writeFileWhole(path, await sample.read());
  return path;
}

async function writeFigure(folder: string, name: string, figure: Figure): Promise<void> {
  const svg = figureToSvg(figure);
  await writeFileWhole(join(folder, `${name}.svg`), svg);
  await writeFileWhole(join(folder, `${name}.png`), await svgToPng(svg));
}
