/** The command with which timm goes on with a run. */
import { hostname } from "node:os";
import { basename } from "node:path";
import type { Handoff } from "../recipe/handoff/handoff.ts";
import { shellWord } from "./shell-word.ts";

/** Where and with which script. */
export interface TimmCommandOptions {
  readonly nodes: number;
  /** 0: one process on the CPU. */
  readonly gpus: number;
  /** The first of several machines, perhaps with `:port`; null: this one. */
  readonly host: string | null;
  readonly trainPy: string;
}

/** A command of which each part is a flag with its values. */
export type CommandParts = readonly (readonly string[])[];

/** Port on which torchrun's processes of several machines meet, PyTorch's own. */
const PORT = 29_400;

/** `torchrun … train.py …`, or plain Python for one process. */
export function timmCommand(handoff: Handoff, options: TimmCommandOptions): CommandParts {
  const { config, checkpoint, flags } = handoff;
  return [
    [...launcher(handoff, options), options.trainPy],
    ["--config", config],
    ["--resume", checkpoint],
    ...flags,
  ];
}

function launcher(
  { processes, folder }: Handoff,
  { nodes, gpus, host }: TimmCommandOptions,
): readonly string[] {
  if (processes === 1) return [process.platform === "win32" ? "python" : "python3"];
  if (nodes === 1) return ["torchrun", `--nproc_per_node=${gpus}`];
  const first = host ?? hostname();
  const endpoint = /:\d+$/.test(first) ? first : `${first}:${PORT}`;
  return [
    ...["torchrun", `--nnodes=${nodes}`, `--nproc_per_node=${Math.max(1, gpus)}`],
    ...[
      "--rdzv_backend=c10d",
      `--rdzv_endpoint=${endpoint}`,
      `--rdzv_id=${basename(folder).replace(/[^\w.-]+/g, "_")}`,
    ],
  ];
}

/**
 * The command as text, for a POSIX shell with a part a line; one line on Windows.
 *
 * @example
 * commandText([["python3", "train.py"], ["--lr", "0.1"]]); // => "python3 train.py \\\n  --lr 0.1"
 */
export function commandText(parts: CommandParts, platform: NodeJS.Platform = process.platform): string {
  const lines = parts.map((words) => words.map((word) => quoted(word, platform)).join(" "));
  return lines.join(platform === "win32" ? " " : " \\\n  ");
}

/** A flag is no path that begins with a dash; `--name=value` has its value quoted. */
function quoted(word: string, platform: NodeJS.Platform): string {
  if (/^(-[a-z]|--[a-z][\w-]*)$/.test(word)) return word;
  const [, flag = "", value = word] = /^(--[a-z][\w-]*=)(.+)$/s.exec(word) ?? [];
  return flag + shellWord(value, platform);
}
