/** The files of a checkpoint: weights that timm reads as they are, and one file with everything to go on. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { linkFile, removeFile, writeFileWhole } from "../files/write-file.ts";
import { isDefaultTask } from "../task/default-task.ts";
import { decodeSafetensors, encodeSafetensors, type SafeTensors } from "../weights/safetensors.ts";
import { readSafetensorsHeader } from "../weights/safetensors-header.ts";
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

/** A state before its checksum is known. */
export type UnsignedState = Omit<RunState, "sha256">;

/** A state, and whether there is a moving average beside the weights. */
export interface StateOfWeights {
  readonly state: UnsignedState;
  readonly average: boolean;
}

/** A checkpoint whose tensors were not read; its checksum is not verified. */
export interface CheckpointHeader extends StateOfWeights {
  /** The `.resume.safetensors` file. */
  readonly path: string;
  readonly state: RunState;
}

/** What a `.safetensors` or `.ema.safetensors` file of a role holds. */
export type WeightsKind = "plain" | "ema";

/** Ends the name of the file with everything to go on. */
export const RESUME_SUFFIX = ".resume.safetensors";

const WEIGHTS_SUFFIXES = [".safetensors", ".ema.safetensors"] as const;
const ROLE =
  /^(last|model_best|checkpoint-\d{1,15}|recovery-\d{1,15}-\d{1,15})(\.resume|\.ema)?\.safetensors$/;
const BLANK_HASH = "0".repeat(64);

/** Role of a file's name, e.g. `last` of `last.ema.safetensors`; null for files that belong to no checkpoint. */
export function roleOf(name: string): string | null {
  return ROLE.exec(name)?.[1] ?? null;
}

/** Role of the checkpoint that is kept of an epoch. */
export function epochRole(epoch: number): string {
  return `checkpoint-${epoch}`;
}

/** Role of a checkpoint in mid-epoch. */
export function recoveryRole({ epoch, update }: { readonly epoch: number; readonly update: number }): string {
  return `recovery-${epoch}-${update}`;
}

/** Roles that have a file in a folder, whole or not; of one kind the newest first. */
export async function rolesIn(folder: string): Promise<string[]> {
  const roles = (await readdir(folder)).map(roleOf).filter((role) => role !== null);
  return [...new Set(roles)].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** The `.resume.safetensors` file of a role. */
export function resumePath(folder: string, role: string): string {
  return join(folder, role + RESUME_SUFFIX);
}

/**
 * Writes `<role>.safetensors` and, with a moving average, `<role>.ema.safetensors`. Each is whole or absent.
 */
export async function writeWeights(
  folder: string,
  role: string,
  state: UnsignedState,
  tensors: Pick<CheckpointTensors, "model" | "ema">,
): Promise<void> {
  const { model, ema } = tensors;
  const main = ema === null ? "plain" : mainWeights(role, state);
  const encode = (kind: WeightsKind) =>
    encodeSafetensors((kind === "ema" ? ema : null) ?? model, {
      format: "pt",
      tsimm: weightsEntry(state, kind),
    });
  await writeFileWhole(join(folder, `${role}.safetensors`), encode(main));
  const path = join(folder, `${role}.ema.safetensors`);
  if (ema === null) await removeFile(path);
  else await writeFileWhole(path, encode("ema"));
}

/** Gives the weights of `last` a second name; `model_best.safetensors` holds those that gave the metric. */
export async function linkWeights(
  folder: string,
  role: string,
  { state, average }: StateOfWeights,
): Promise<void> {
  const main = average && mainWeights(role, state) === "ema" ? ".ema.safetensors" : ".safetensors";
  await linkFile(join(folder, `last${main}`), join(folder, `${role}.safetensors`));
  const path = join(folder, `${role}.ema.safetensors`);
  if (average) await linkFile(join(folder, "last.ema.safetensors"), path);
  else await removeFile(path);
}

/** Whether the weights of a role are those of a state, by what their headers say. */
export async function hasWeights(
  folder: string,
  role: string,
  { state, average }: StateOfWeights,
): Promise<boolean> {
  const entries = await Promise.all(
    WEIGHTS_SUFFIXES.map((suffix) =>
      readSafetensorsHeader(join(folder, role + suffix)).then(
        ({ metadata }) => metadata["tsimm"],
        (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? null : undefined),
      ),
    ),
  );
  const main = weightsEntry(state, average ? mainWeights(role, state) : "plain");
  return entries[0] === main && entries[1] === (average ? weightsEntry(state, "ema") : null);
}

/** Writes the `.resume.safetensors` file of a role. */
export async function writeResume(
  folder: string,
  role: string,
  state: UnsignedState,
  tensors: CheckpointTensors,
): Promise<void> {
  await writeFileWhole(resumePath(folder, role), encodeResume(state, tensors));
}

/** Removes the files of one role, the one to go on from first. */
export async function removeCheckpoint(folder: string, role: string): Promise<void> {
  for (const suffix of [RESUME_SUFFIX, ...WEIGHTS_SUFFIXES]) await removeFile(join(folder, role + suffix));
}

/**
 * Reads and verifies a `.resume.safetensors` file.
 *
 * @throws Error that says what is wrong with it.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readRegularFile(path, { limit: WEIGHTS_LIMIT });
  const { tensors, metadata } = decodeSafetensors(bytes);
  const state = parseRunState(metadata["tsimm"] ?? "null");
  bytes.write(BLANK_HASH, hashPlace(bytes, state.sha256), "latin1");
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

/**
 * Reads the state in a `.resume.safetensors` file, not the tensors.
 *
 * @throws Error that says what is wrong with it.
 */
export async function readCheckpointHeader(path: string): Promise<CheckpointHeader> {
  const { metadata, names } = await readSafetensorsHeader(path);
  const state = parseRunState(metadata["tsimm"] ?? "null");
  return { path, state, average: names.some((name) => name.startsWith("ema.")) };
}

/** What `<role>.safetensors` holds where there is a moving average: of the best epoch, the weights whose metric it was. */
function mainWeights(role: string, { evalConfig, metricHistory }: UnsignedState): WeightsKind {
  const averaged = evalConfig.weights === "ema" && metricHistory.at(-1)?.validation != null;
  return role === "model_best" && averaged ? "ema" : "plain";
}

/** The `tsimm` entry of a file of weights; a classifier's has no word on its task, as ever. */
function weightsEntry(state: UnsignedState, weights: WeightsKind): string {
  const { model, task, dataConfig, epoch } = state;
  // In mid-epoch the newest metrics are those of other weights.
  const row = state.inEpoch ? undefined : state.metricHistory.at(-1);
  const metrics = (weights === "plain" ? row?.plain : null) ?? row?.validation ?? null;
  // In alphabetical order, as a state that was read has them.
  const metric = metrics && Object.fromEntries(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({
    ...model,
    ...{ classNames: task.outputNames, dataConfig, weights, epoch, metric },
    ...(isDefaultTask(task.name, task.settings)
      ? {}
      : { task: { name: task.name, settings: task.settings } }),
  });
}

function encodeResume(state: UnsignedState, tensors: CheckpointTensors): Uint8Array {
  const named = (prefix: string, part: SafeTensors) =>
    [...part].map(([name, tensor]) => [prefix + name, tensor] as const);
  const all = new Map([
    ...named("model.", tensors.model),
    ...named("ema.", tensors.ema ?? new Map()),
    ...named("optimizer.", tensors.optimizer),
  ]);
  const entry = formatRunState({ ...state, sha256: BLANK_HASH });
  const bytes = Buffer.from(encodeSafetensors(all, { format: "pt", tsimm: entry }).buffer);
  bytes.write(sha256(bytes), hashPlace(bytes, BLANK_HASH), "latin1");
  return bytes;
}

/** Where the checksum stands: after its key in the JSON text inside the header's JSON. */
function hashPlace(bytes: Buffer, hash: string): number {
  const key = String.raw`\"sha256\":\"`;
  const place = bytes.indexOf(key + hash);
  if (place < 0) throw new Error("its checksum is missing");
  return place + key.length;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
