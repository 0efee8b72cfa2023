/** Saves a run's checkpoints. */

import { epochRole } from "../checkpoint/checkpoint.ts";
import type { CheckpointWriter } from "../checkpoint/save-checkpoint.ts";
import type { Listener } from "../train/listener.ts";

/**
 * Writes a checkpoint whenever one is due, and sends `checkpointSaved`.
 *
 * @param writer - Writes the files.
 * @param folder - Of the files, for people.
 */
export function checkpointListener(writer: CheckpointWriter, folder: string): Listener {
  return {
    name: "checkpoints",
    async on(event, run) {
      if (event.type !== "checkpointDue") return;
      const { reason, epoch, metric, isBest } = event;
      let name = "last";
      if (metric === null) name = await writer.saveRecovery(run.state());
      else await writer.saveEpoch(run.state(), { epoch, metric }, isBest);
      const kept = writer.kept.map((one) => ({
        path: `${folder}/${epochRole(one.epoch)}.safetensors`,
        metric: one.metric,
      }));
      await run.emit({ type: "checkpointSaved", reason, name, kept });
    },
  };
}
