/** Files of a finished run beside its checkpoints: an ONNX file, and an image to try it on. */
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { removeRecoveryCheckpoints } from "../checkpoint/save-checkpoint.ts";
import { decodeImage } from "../data/decode.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { updateFile } from "../files/write-file.ts";
import type { ClassifierParts } from "../models/onnx-file.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import { REPORT_FILE } from "../report/write-report.ts";
import type { Listener, RunHandle } from "../train/listener.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";
import type { RunReport } from "./run-report.ts";

/** Options of {@link FinishListener}. */
export interface FinishOptions {
  /** Content of the ONNX file beside the best weights. */
  readonly parts: Omit<ClassifierParts, "weights">;
  /** Images to take one from. */
  readonly images: ImageDataset;
  /** Whether all epochs were done before this session. */
  readonly wasDone: boolean;
  /** Writes the report; null: there is to be none. */
  readonly report: RunReport | null;
}

/** Completes the folder of a run that has finished. Ending a run can be repeated. */
export class FinishListener implements Listener {
  readonly name = "export";
  readonly #folder: string;
  readonly #options: FinishOptions;
  readonly #written: string[] = [];
  #epochs = 0;
  /** Path of an image to try the model on; null: none can be read, or the run has not finished. */
  sample: string | null = null;

  /** @param folder - An existing folder. */
  constructor(folder: string, options: FinishOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Notes the name of a file that was not there as it should be. */
  noteWritten(name: string): void {
    this.#written.push(name);
  }

  /** Acts when the run ends as it should. */
  async on(event: Parameters<Listener["on"]>[0], run: RunHandle): Promise<void> {
    if (event.type === "runStarted") this.#epochs = event.epochs;
    this.#options.report?.note(event);
    if (event.type !== "runEnded" || event.outcome !== "finished") return;
    if (event.best !== null && (await this.#writeOnnx())) {
      this.noteWritten("model.onnx");
      if (this.#options.parts.average) {
        const text =
          "model.onnx holds the moving average of the weights; the plain ones are in model_best.resume.safetensors";
        await run.emit({ type: "message", text });
      }
    }
    this.sample = await this.#placeSample();
    const removed = await removeRecoveryCheckpoints(this.#folder);
    await this.#writeReport(event.best?.epoch ?? null, run);
    if (!this.#options.wasDone) return;
    const changes = [
      ...(this.#written.length > 0 ? [`wrote ${this.#written.join(", ")}`] : []),
      ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
    ];
    const state = changes.length === 0 ? "the run is complete" : `completed the run: ${changes.join("; ")}`;
    await run.emit({ type: "message", text: `All ${this.#epochs} epochs are done, ${state}` });
  }

  get #bestWeights(): string {
    const { average } = this.#options.parts;
    return join(this.#folder, average ? "model_best.ema.safetensors" : "model_best.safetensors");
  }

  /** A report is never a reason for a run to fail. */
  async #writeReport(bestEpoch: number | null, run: RunHandle): Promise<void> {
    const { report } = this.#options;
    if (report === null) return;
    try {
      if (await report.write(bestEpoch, this.#bestWeights)) this.noteWritten(REPORT_FILE);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await run.emit({ type: "warning", text: `${REPORT_FILE} could not be written: ${reason}` });
    }
  }

  /** @returns Whether the file was not there as it should be. */
  async #writeOnnx(): Promise<boolean> {
    const { parts } = this.#options;
    const bytes = await readRegularFile(this.#bestWeights, { limit: WEIGHTS_LIMIT });
    const { tensors: weights } = decodeSafetensors(bytes);
    return await updateFile(join(this.#folder, "model.onnx"), encodeClassifier({ ...parts, weights }));
  }

  /** The first image that can be read, in a file of its own: one inside an archive is written to the folder. */
  async #placeSample(): Promise<string | null> {
    const { images } = this.#options;
    for (const [index, { path }] of images.samples.entries()) {
      const bytes = await readable(images, index);
      if (bytes === null) continue;
      const onDisk = await stat(path).then(
        (file) => file.isFile(),
        () => false,
      );
      if (onDisk) return path;
      const copy = join(this.#folder, `sample${extname(path)}`);
      await updateFile(copy, bytes);
      return copy;
    }
    return null;
  }
}

/** The bytes of an image file; null if they are none. */
async function readable(images: ImageDataset, index: number): Promise<Uint8Array | null> {
  try {
    const bytes = await images.read(index);
    if (!(bytes instanceof Uint8Array)) return null;
    await decodeImage(bytes, 3);
    return bytes;
  } catch {
    return null;
  }
}
