/** The folder of a run: its name, and the check that it is free. */
import { access, constants, mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../usage-error.ts";

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
  const safe = model.replace(/[^A-Za-z0-9]/g, "_").replace(/_+$/, "");
  return `${date}-${time}-${safe}-${size}`;
}

/** Files of an earlier run that a new one in the same folder must not meet. */
const RUN_FILES =
  /^((last|model_best|(checkpoint|recovery)-[\d-]+)(\.ema|\.resume)?\.safetensors|summary\.csv|args\.yaml|classes\.txt|model\.onnx|(lr|curves)\.(svg|png))$/;

/**
 * Makes the folder of a new run.
 *
 * @returns Its absolute path.
 * @throws UsageError if it holds a run already and `overwrite` is off, or cannot be written.
 */
export async function createOutputFolder(options: {
  readonly parent: string;
  readonly name: string;
  /** Removes the files of a run that is there. */
  readonly overwrite: boolean;
}): Promise<string> {
  const folder = await claimFolder(resolve(options.parent, options.name));
  const files = (await readdir(folder)).filter((name) => RUN_FILES.test(name));
  if (files.includes("args.yaml") && !options.overwrite) {
    throw new UsageError(
      `train: "${folder}" holds a run; pass --resume "${join(options.parent, options.name)}" to continue it or --overwrite to start anew`,
    );
  }
  for (const name of files) await rm(join(folder, name));
  return folder;
}

/**
 * Makes a folder if it is not there, and checks that it can be written.
 *
 * @returns The same path.
 * @throws UsageError if not.
 */
export async function claimFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`train: --output must be a folder that can be written, got "${folder}" (${code})`);
  }
}
