/** Hands a run over to timm, and shows the command. */
import { handOff } from "../recipe/handoff/handoff.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { HandoffFlags } from "./flags/handoff-flags.ts";
import { info, warn } from "./log-lines.ts";
import { shortPath } from "./short-path.ts";
import { commandText, timmCommand } from "./timm-command.ts";

/**
 * Writes timm's files, the command on stdout, and what to know about it on stderr.
 *
 * @throws UsageError as {@link handOff}, and for several processes without GPUs.
 */
export async function showHandoff(run: string, options: HandoffFlags): Promise<void> {
  const { gpus = 1, nodes = 1, host = null, trainPy = "train.py" } = options;
  if (gpus === 0 && nodes > 1) {
    throw new UsageError(
      `handoff: --nodes must be 1 with --gpus 0, got ${nodes}; timm gives PyTorch a device for each process, which it refuses on CPUs`,
    );
  }
  const { epochs = null, dataDir = null, json = false } = options;
  const handoff = await handOff(run, { nodes, gpus, epochs, dataDir });
  const parts = timmCommand(handoff, { nodes, gpus, host, trainPy });
  const command = commandText(parts);
  const back = commandText([
    ["npx", "tsimm", "train", "--resume", "output/train/FOLDER/last.pth.tar", ...handoff.back.flat()],
  ]);
  const { done, numEpochs, processes, config, checkpoint, warnings } = handoff;
  if (json) {
    const told = { done, epochs: numEpochs, processes, config, checkpoint };
    const words = parts.flat();
    process.stdout.write(`${JSON.stringify({ command, words, ...told, warnings, back }, null, 4)}\n`);
    return;
  }
  for (const warning of warnings) warn(warning);
  info(`Wrote ${shortPath(checkpoint)} and args.yaml: ${done} of ${numEpochs} epochs are done`);
  info(whereToRun(nodes, gpus, trainPy));
  process.stdout.write(`${command}\n`);
  info(`timm writes to output/train/FOLDER there. Watch it: npx tsimm watch output/train/FOLDER`);
  info(`Back to tsimm: ${back}`);
}

/** What the command needs, and which others there are. */
function whereToRun(nodes: number, gpus: number, trainPy: string): string {
  const needs = `it needs timm's ${printable(trainPy)} and PyTorch 2 or newer`;
  if (nodes > 1) return `Run this on each of the ${nodes} machines, with the same paths on all (${needs}):`;
  if (gpus > 1) return `Run this on a machine with ${gpus} GPUs (${needs}):`;
  if (gpus === 0) return `Run this, on the CPU (${needs}):`;
  return `Run this on a machine with a GPU (${needs}); --gpus 0 is for one without, --gpus N and --nodes N for several:`;
}
