/** The real timm, where there is one: its folder is in the environment variable TSIMM_TIMM. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSummary, type SummaryRow } from "../packages/tsimm/src/checkpoint/read-summary.ts";
import { decodeTorchFile } from "../packages/tsimm/src/weights/torch/decode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../packages/tsimm/src/weights/torch/torch-value.ts";
import { run } from "./run.fixture.ts";

/**
 * Folder of timm's repository. Absent: nothing fetches it, and the tests of it do not run, in CI either; timm-files.test.ts
 * holds what timm wrote then.
 */
export const timmFolder: string | undefined = process.env["TSIMM_TIMM"];
if (timmFolder === undefined && process.env["npm_lifecycle_event"] === "timm") {
  throw new Error("npm run timm: TSIMM_TIMM must be the folder of timm's repository");
}

/** With PyTorch: Debian's, or another one. */
const python = process.env["TSIMM_PYTHON"] ?? "/usr/bin/python3";

const script = (name: string) => fileURLToPath(new URL(`pytorch/${name}`, import.meta.url));

/** What a command that ran timm wrote, and the folder of timm's run. */
export interface TimmRun {
  readonly log: string;
  readonly folder: string;
}

/** Options of {@link runTimm}. */
export interface TimmOptions {
  /** Working directory; timm's run is a new folder in its `output/train`. */
  readonly cwd: string;
  /** Epochs after which timm is stopped, as by Ctrl-C; absent: it runs to its end. */
  readonly stopAfter?: number;
}

/**
 * Runs a command that has `torchrun` or `python3` start timm's `train.py`, as it stands, in a shell.
 *
 * @throws Error with what it wrote, if it fails or writes no run.
 */
export async function runTimm(command: string, { cwd, stopAfter }: TimmOptions): Promise<TimmRun> {
  const commands = join(cwd, "commands");
  await mkdir(commands, { recursive: true });
  const starters = {
    torchrun: `exec "${python}" "${script("torchrun.py")}"`,
    python3: `[ "$1" = train.py ] && shift && exec "${python}" "${script("run-timm.py")}"`,
  };
  for (const [name, start] of Object.entries(starters)) {
    await writeFile(join(commands, name), `#!/bin/sh\n${start} "$@"\n`, { mode: 0o755 });
  }
  const output = join(cwd, "output", "train");
  const before = await names(output);
  const { stdout, stderr } = await run("/bin/sh", ["-ec", command], {
    cwd,
    timeout: 120_000,
    env: {
      ...process.env,
      OMP_NUM_THREADS: "1",
      PATH: `${commands}${delimiter}${process.env["PATH"]}`,
      TSIMM_STOP_AFTER: String(stopAfter ?? 1_000_000),
    },
  });
  const made = (await names(output)).filter((name) => !before.includes(name));
  const [folder] = made;
  if (folder === undefined || made.length > 1) {
    throw new Error(`timm wrote the folders [${made.join()}]\n${stdout}\n${stderr}`);
  }
  return { log: stdout + stderr, folder: join(output, folder) };
}

/** The summary of a run, by timm or by us. */
export async function summaryOf(folder: string): Promise<readonly SummaryRow[]> {
  return readSummary(await readFile(join(folder, "summary.csv"), "utf8"));
}

/** Size and time of change of each file of a folder. */
export async function stamps(folder: string): Promise<Record<string, readonly [number, number]>> {
  const files = (await readdir(folder)).sort();
  const entries = files.map(async (file) => {
    const { size, mtimeMs } = await stat(join(folder, file));
    return [file, [size, mtimeMs]] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** All of a checkpoint of timm but its arguments and rates: tsimm keeps those of the next epoch. */
export async function contentOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value = decodeTorchFile(await readFile(file));
  if (!(value instanceof Map)) throw new Error(`${file} holds no dict`);
  return plainDict([...value].filter(([key]) => key !== "args"));
}

function plainDict(entries: readonly (readonly [unknown, TorchValue])[]): Readonly<Record<string, unknown>> {
  const kept = entries.filter(([key]) => key !== "lr" && key !== "initial_lr");
  return Object.fromEntries(kept.map(([key, value]) => [String(key), plain(value)]));
}

function plain(value: TorchValue): unknown {
  if (value instanceof TorchTensor) {
    const { dtype, shape, data } = value;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { dtype, shape, sha256: createHash("sha256").update(bytes).digest("hex") };
  }
  if (value instanceof Map) return plainDict([...value]);
  return Array.isArray(value) ? value.map(plain) : value;
}

async function names(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
