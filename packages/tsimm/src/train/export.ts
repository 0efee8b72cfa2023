/** What a run leaves for people and programs: figures and an ONNX file. */
import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { writeFileWhole } from "../files/write-file.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import type { Figure } from "../plot/figure.ts";
import { figureToSvg } from "../plot/figure-to-svg.ts";
import { svgToPng } from "../plot/svg-to-png.ts";
import { curvesFigure, learningRateFigure } from "../plot/training-figures.ts";
import { sampleTimes } from "../schedule/sample-times.ts";
import { scheduleTurns } from "../schedule/simulate.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";
import { isFunctionOfTime, plannedRates } from "./planned-rates.ts";
import type { Run } from "./run.ts";

/** Writes `lr.svg` and `lr.png`: the rate of the whole schedule; nothing when it is no function of time. */
export async function writeSchedule({
  args,
  folder,
  scheduler,
  numEpochs,
  updatesPerEpoch,
}: Run): Promise<void> {
  if (!isFunctionOfTime(scheduler)) return;
  const unit = scheduler.tInEpochs ? "epoch" : "update";
  const length = scheduler.tInEpochs ? numEpochs : numEpochs * updatesPerEpoch;
  const rateAt = (t: number) => scheduler.valuesAt(t)[0] ?? 0;
  const times = sampleTimes(length, scheduleTurns(args, scheduler.tInEpochs ? 1 : updatesPerEpoch), rateAt);
  const line = { label: args.sched, times, rates: times.map(rateAt), length };
  await writeFigure(folder, "lr", learningRateFigure([line], { unit }));
}

/** Writes `curves.svg` and `curves.png`: losses, accuracies and rate of the epochs so far. */
export async function writeCurves(run: Run): Promise<void> {
  const { folder, progress } = run;
  if (progress.rows.length === 0) return;
  await writeFigure(folder, "curves", curvesFigure(progress.rows, { rates: plannedRates(run) }));
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
