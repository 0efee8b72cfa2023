/** The folder of a run: its name, and the check that it is free. */
import { access, constants, mkdir, readdir } from "node:fs/promises";
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

/**
 * Makes the folder of a new run.
 *
 * @returns Its absolute path.
 * @throws UsageError if it holds a run already and `overwrite` is off, or cannot be written.
 */
export async function createOutputFolder(options: {
  readonly parent: string;
  readonly name: string;
  readonly overwrite: boolean;
}): Promise<string> {
  const folder = resolve(options.parent, options.name);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`train: --output must be a folder that can be written, got "${folder}" (${code})`);
  }
  const files = await readdir(folder);
  if (files.includes("args.yaml") && !options.overwrite) {
    throw new UsageError(
      `train: "${folder}" holds a run; pass --resume "${join(options.parent, options.name)}" to continue it or --overwrite to start anew`,
    );
  }
  return folder;
}
