/** The folder of a run: its name, and the check that it is free. */

import { access, constants, mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { removeFile } from "../files/write-file.ts";
import { safeModelName } from "../models/pretrained/model-name.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { roleOf } from "./checkpoint.ts";
import { lockRun, type RunLock } from "./run-lock.ts";

/**
 * timm's name of a run, e.g. `20261122-201154-resnet18-32`.
 *
 * @param model - Model name; what is not alphanumeric becomes `_`.
 * @param size - Side of the input in pixels.
 * @param now - Local time of the start.
 * @example
 * runName("resnet18.a1", 224, new Date(2026, 10, 22, 20, 11, 54)); // => "20261122-201154-resnet18_a1-224"
 */
export function runName(model: string, size: number, now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${date}-${time}-${safeModelName(model)}-${size}`;
}

/** The folder of a run, and the lock on it. */
export interface ClaimedFolder {
  /** Absolute path. */
  readonly folder: string;
  readonly lock: RunLock;
}

/** Files of an earlier run that a new one in the same folder must not meet, beside its checkpoints. */
const RUN_FILES =
  /^(summary\.csv|metrics\.jsonl|per-class\.csv|args\.yaml|classes\.txt|model\.onnx|(lr|curves)\.(svg|png))$/;
/** Checkpoints of timm's train.py, which are the only copy of what a run on other machines found. */
const TIMM_CHECKPOINT = /\.pth\.tar$/;
/** Files that others write into folders too: they are removed only where there was a run. */
const EVENT_FILES = /^events\.out\.tfevents\./;

// Windows opens devices under these names, with any extension.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Checks the name of a run's folder, wherever it comes from: one component of a path, so that it never leads out of
 * the parent folder.
 *
 * @throws UsageError
 */
export function checkExperiment(name: string): void {
  const isComponent =
    name.length <= 200 && !/[/\\]|^\.|[. ]$/.test(name) && printable(name) === name && !RESERVED.test(name);
  if (name !== "" && isComponent) return;
  throw new UsageError(
    `train: --experiment must be the name of one folder, without slashes and not beginning with a dot, got "${printable(name)}"; --output is the place for its parent folder`,
  );
}

/**
 * Makes and locks the folder of a new run.
 *
 * @throws UsageError if the name is no single component, the folder is in use, holds a run of timm's, holds one of ours
 * and `overwrite` is off, or cannot be written.
 */
export async function createOutputFolder(options: {
  readonly parent: string;
  readonly name: string;
  /** Appends -1, -2, … to the name while there is a folder of that name. */
  readonly numbered?: boolean;
  /** Removes the files of a run that is there. */
  readonly overwrite: boolean;
}): Promise<ClaimedFolder> {
  const { parent, name, numbered = false, overwrite } = options;
  checkExperiment(name);
  const path = resolve(parent, name);
  const claimed = await claimFolder(numbered ? await createNumbered(resolve(parent), path) : path);
  try {
    const names = await readdir(claimed.folder);
    const timms = names.find((file) => TIMM_CHECKPOINT.test(file));
    if (timms !== undefined) {
      throw new UsageError(
        `train: --experiment must not be the folder of a run of timm's, which stays as it is, got "${printable(claimed.folder)}", which holds ${printable(timms)}; pass another name`,
      );
    }
    const files = names.filter((file) => RUN_FILES.test(file) || roleOf(file) !== null);
    const holdsRun = files.some((file) => file === "args.yaml" || file.endsWith(".resume.safetensors"));
    if (holdsRun && !overwrite) {
      throw new UsageError(
        `train: "${claimed.folder}" holds a run; pass --resume "${join(parent, name)}" to continue it or --overwrite to start anew`,
      );
    }
    const events = holdsRun ? names.filter((file) => EVENT_FILES.test(file)) : [];
    for (const file of [...files, ...events]) await removeFile(join(claimed.folder, file));
    return claimed;
  } catch (error) {
    await claimed.lock.release();
    throw error;
  }
}

/**
 * Makes a folder if it is not there, checks that it can be written, and locks it.
 *
 * @param flag - Names the folder in the message.
 * @throws UsageError if it cannot be written or is in use.
 */
export async function claimFolder(folder: string, flag = "--output"): Promise<ClaimedFolder> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw notWritable(folder, flag, error);
  }
  return { folder, lock: await lockRun(folder) };
}

/** Makes a folder that was not there before. */
async function createNumbered(parent: string, path: string): Promise<string> {
  for (let number = 0; ; number++) {
    const folder = number === 0 ? path : `${path}-${number}`;
    try {
      await mkdir(parent, { recursive: true });
      await mkdir(folder);
      return folder;
    } catch (error) {
      const isThere = await access(folder).then(
        () => true,
        () => false,
      );
      if (!isThere) throw notWritable(folder, "--output", error);
    }
  }
}

function notWritable(folder: string, flag: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  return new UsageError(`train: ${flag} must be a folder that can be written, got "${folder}" (${code})`);
}
