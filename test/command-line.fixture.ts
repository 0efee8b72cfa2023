/** Runs the built command line as a user would, on folders of generated images. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const MAIN = fileURLToPath(new URL("../packages/tsimm/dist/cli/main.js", import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link tsimm}. */
export interface RunOptions {
  readonly cwd: string;
  /** Called with all of stderr so far, at each new piece; may kill the command. */
  readonly watch?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Closes its stderr, as a reader that ends, once this is in it. */
  readonly closeStderr?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed. */
  readonly killAfter?: number | undefined;
}

/** Runs `tsimm <words>` and waits for its end. */
export function tsimm(words: readonly string[], options: RunOptions): Promise<Ended> {
  const { cwd, watch, env, killAfter, closeStderr } = options;
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (piece) => {
    stdout += piece;
  });
  child.stderr.on("data", (piece) => {
    stderr += piece;
    if (closeStderr !== undefined && stderr.includes(closeStderr)) child.stderr.destroy();
    watch?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

const COLOURS = {
  blue: [40, 60, 200],
  green: [50, 180, 60],
  red: [200, 50, 40],
  white: [220, 220, 220],
} as const;

/** Writes `train/<class>` and `val/<class>` with noisy one-colour PNGs of 40x36 pixels. */
export async function colourFolder(
  root: string,
  perClass: { readonly train: number; readonly val: number },
): Promise<void> {
  for (const split of ["train", "val"] as const) {
    for (const [name, colour] of Object.entries(COLOURS)) {
      await mkdir(join(root, split, name), { recursive: true });
      for (let index = 0; index < perClass[split]; index++) {
        await writeFile(
          join(root, split, name, `${index}.png`),
          await noisyImage(colour, index * 7 + name.length),
        );
      }
    }
  }
}

async function noisyImage(colour: readonly number[], seed: number): Promise<Buffer> {
  const [width, height] = [40, 36];
  const pixels = new Uint8Array(width * height * 3);
  let state = seed + 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pixels[i] = Math.min(255, Math.max(0, (colour[i % 3] ?? 0) + (state >>> 24) / 2 - 64));
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
