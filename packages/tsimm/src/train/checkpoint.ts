/** The files of a checkpoint: weights that timm reads as they are, and one file with everything to go on. */
import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { linkFile, writeFileWhole } from "../files/write-file.ts";
import { UsageError } from "../usage-error.ts";
import { decodeSafetensors, encodeSafetensors, type SafeTensors } from "../weights/safetensors.ts";
import { formatRunState, parseRunState, type RunState } from "./run-state.ts";

/** What a checkpoint holds beside its {@link RunState}. */
export interface CheckpointTensors {
  /** The model's state dict. */
  readonly model: SafeTensors;
  /** The same of the moving average. */
  readonly ema: SafeTensors | null;
  /** Optimizer state by `<parameter>.<slot>`. */
  readonly optimizer: SafeTensors;
}

/** A checkpoint that was read. */
export interface Checkpoint {
  /** The `.resume.safetensors` file. */
  readonly path: string;
  readonly state: RunState;
  readonly tensors: CheckpointTensors;
}

const SUFFIXES = [".resume.safetensors", ".safetensors", ".ema.safetensors"] as const;
const BLANK_HASH = "0".repeat(64);

/**
 * Writes the files of one role: `<role>.resume.safetensors`, `<role>.safetensors` and, with a moving average,
 * `<role>.ema.safetensors`. Each is whole or absent.
 */
export async function writeCheckpoint(
  folder: string,
  role: string,
  state: Omit<RunState, "sha256">,
  tensors: CheckpointTensors,
): Promise<void> {
  const path = (suffix: string) => join(folder, role + suffix);
  await writeFileWhole(path(".resume.safetensors"), encodeResume(state, tensors));
  const { arch, numClasses, inChans, classNames, dataConfig, epoch } = state;
  // In mid-epoch the newest metrics are those of other weights.
  const row = state.inEpoch ? undefined : state.metricHistory.at(-1);
  const metadata = (weights: "plain" | "ema") => {
    const metric = (weights === "plain" ? row?.plain : null) ?? row?.validation ?? null;
    return {
      format: "pt",
      tsimm: JSON.stringify({ arch, numClasses, inChans, classNames, dataConfig, weights, epoch, metric }),
    };
  };
  await writeFileWhole(path(".safetensors"), encodeSafetensors(tensors.model, metadata("plain")));
  if (tensors.ema !== null) {
    await writeFileWhole(path(".ema.safetensors"), encodeSafetensors(tensors.ema, metadata("ema")));
  } else {
    await rm(path(".ema.safetensors"), { force: true });
  }
}

/**
 * Gives the files of one role a second name.
 *
 * @param weights - Which weights `<to>.safetensors` holds.
 */
export async function linkCheckpoint(
  folder: string,
  from: string,
  to: string,
  weights: "plain" | "ema" = "plain",
): Promise<void> {
  for (const suffix of SUFFIXES) {
    const averaged = weights === "ema" && suffix === ".safetensors";
    const source = join(folder, from + (averaged ? ".ema.safetensors" : suffix));
    const exists = await stat(source).then(
      () => true,
      () => false,
    );
    if (exists) await linkFile(source, join(folder, to + suffix));
    else await rm(join(folder, to + suffix), { force: true });
  }
}

/** Removes the files of one role. */
export async function removeCheckpoint(folder: string, role: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(join(folder, role + suffix), { force: true });
}

/** Roles of the recovery checkpoints in a folder, oldest first. */
export async function recoveryRoles(folder: string): Promise<string[]> {
  const roles = (await readdir(folder)).flatMap((name) => {
    const match = /^(recovery-(\d+)-(\d+))\.resume\.safetensors$/.exec(name);
    return match ? [{ role: match[1] ?? "", order: Number(match[2]) * 1e9 + Number(match[3]) }] : [];
  });
  return roles.sort((a, b) => a.order - b.order).map(({ role }) => role);
}

/**
 * Reads the checkpoint to go on from.
 *
 * @param target - A `.resume.safetensors` file (or the weights beside it), or the folder of a run.
 * @param warn - Told of each damaged file that is passed over.
 * @throws UsageError if there is none, or the file is a pickle.
 */
export async function findCheckpoint(target: string, warn: (line: string) => void): Promise<Checkpoint> {
  if (/\.(pth|pt|pkl|tar)$/.test(target)) {
    throw new UsageError(
      `train: --resume must be a run folder or a .resume.safetensors file, got "${target}"; pickles run code, convert it: python -c "import torch, safetensors.torch as s; s.save_file(torch.load('${basename(target)}', map_location='cpu')['state_dict'], 'model.safetensors')" and pass it as --initial-checkpoint`,
    );
  }
  const kind = await stat(target).catch(() => null);
  if (kind === null) throw new UsageError(`train: --resume must exist, got "${target}"`);
  const folder = kind.isDirectory() ? target : dirname(target);
  const first = kind.isDirectory()
    ? []
    : [target.replace(/(\.ema|\.resume)?\.safetensors$/, ".resume.safetensors")];
  const others = await newestFirst(folder);
  for (const path of [...first, ...others.filter((other) => !first.includes(other))]) {
    try {
      return await readCheckpoint(path);
    } catch (error) {
      warn(`${path} is damaged and passed over: ${(error as Error).message}`);
    }
  }
  throw new UsageError(`train: --resume found no usable .resume.safetensors file in "${folder}"`);
}

/** Reads and verifies a `.resume.safetensors` file. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const state = parseRunState(metadata["tsimm"] ?? "null");
  const place = bytes.indexOf(state.sha256);
  bytes.write(BLANK_HASH, place, "latin1");
  if (sha256(bytes) !== state.sha256) throw new Error("its checksum does not match its content");
  const part = (prefix: string): SafeTensors =>
    new Map(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
      ),
    );
  const ema = part("ema.");
  return {
    path,
    state,
    tensors: { model: part("model."), ema: ema.size > 0 ? ema : null, optimizer: part("optimizer.") },
  };
}

function encodeResume(state: Omit<RunState, "sha256">, tensors: CheckpointTensors): Uint8Array {
  const named = (prefix: string, part: SafeTensors) =>
    [...part].map(([name, tensor]) => [prefix + name, tensor] as const);
  const all = new Map([
    ...named("model.", tensors.model),
    ...named("ema.", tensors.ema ?? new Map()),
    ...named("optimizer.", tensors.optimizer),
  ]);
  const entry = formatRunState({ ...state, sha256: BLANK_HASH });
  const bytes = Buffer.from(encodeSafetensors(all, { format: "pt", tsimm: entry }).buffer);
  bytes.write(sha256(bytes), bytes.indexOf(BLANK_HASH), "latin1");
  return bytes;
}

async function newestFirst(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".resume.safetensors"));
  const aged = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), time: (await stat(join(folder, name))).mtimeMs })),
  );
  return aged.sort((a, b) => b.time - a.time).map(({ path }) => path);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
