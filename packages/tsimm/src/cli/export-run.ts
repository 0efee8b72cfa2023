/** Exports a run for timm's train.py. */

import { separated } from "../recipe/arguments.ts";
import { exportForTimm } from "../recipe/export-for-timm.ts";
import { UsageError } from "../usage-error.ts";
import type { ExportOptions } from "./flags/export-flags.ts";
import { info, warn } from "./log-lines.ts";
import { shellWord } from "./shell-word.ts";

/**
 * Writes the run that `--checkpoint` names as timm resumes it.
 *
 * @throws UsageError for flags that ONNX files alone have, and for a run that timm cannot go on with.
 */
export async function exportRun({ checkpoint, output, format: _, ...others }: ExportOptions): Promise<void> {
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new UsageError(
      `export: --${separated(other, "-")} must be left out with --format timm, which writes all of a run`,
    );
  }
  if (checkpoint === undefined) {
    throw new UsageError("export: the run must be given: tsimm export --format timm RUN");
  }
  const { path, state, notes } = await exportForTimm(checkpoint, output);
  for (const note of notes) warn(note);
  const epochs = state.inEpoch ? state.epoch : state.epoch + 1;
  info(`Wrote ${path}: ${state.model.arch} after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`);
  info(`train.py of timm goes on with --resume ${shellWord(path)} (PyTorch 2 or newer)`);
}
