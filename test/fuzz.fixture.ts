/** A folder with data and a finished run to try odd input on, and the promise that every command keeps. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { colourFolder, tsimm } from "./command-line.fixture.ts";
import { run } from "./run.fixture.ts";

const MAIN = fileURLToPath(new URL("../packages/tsimm/dist/cli/main.js", import.meta.url));

/** Longest time of a command on this data, in milliseconds, with much to spare: what takes longer hangs. */
const HANGS_AFTER = 90_000;

/** Flags that keep a run small; they stand last and so beat what is tried. */
export const SMALL = [
  ...["--model", "test_resnet", "--img-size", "32", "-b", "4", "--grad-accum-steps", "1", "--epochs", "1"],
  ...["--warmup-epochs", "0", "-j", "1", "--threads", "1", "--engine", "native", "--overwrite"],
];

/** Where commands run. */
export interface Playground {
  /** Working folder: `photos/`, `photos.tar`, `runs/done/` of a finished run. */
  readonly work: string;
  /**
   * Runs a command and holds it to the promise; what it writes may only be in `runs/`.
   *
   * @param words - The command.
   * @param resumed - A resume file to put in place of the finished run's `last`.
   */
  attempt(words: readonly string[], resumed?: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Makes the folder: two images per class for training and one for validation, a tar of them, and a run of one epoch. */
export async function createPlayground(): Promise<Playground> {
  const root = await mkdtemp(join(tmpdir(), "tsimm-fuzz-"));
  const work = join(root, "work");
  for (const victim of [join(root, "victim"), join(work, "victim")]) {
    await mkdir(victim, { recursive: true });
    await writeFile(join(victim, "model.safetensors"), "somebody else's");
  }
  await colourFolder(join(work, "photos"), { train: 2, val: 1 });
  await run("tar", ["-cf", "photos.tar", "photos"], { cwd: work });
  const { code, stderr } = await tsimm(
    ["train", "photos", "--output", "runs", "--experiment", "done", ...SMALL],
    { cwd: work },
  );
  if (code !== 0) throw new Error(stderr);
  // A run's folder is written by the attempts; this copy is what they start from.
  await cp(join(work, "runs", "done"), join(root, "done"), { recursive: true });
  return {
    work,
    async attempt(words, resumed) {
      await rm(join(work, "runs"), { recursive: true, force: true });
      await cp(join(root, "done"), join(work, "runs", "done"), { recursive: true });
      if (resumed) await writeFile(join(work, "runs", "done", "last.resume.safetensors"), resumed);
      const before = await contents(root);
      await keepsPromise(words, work);
      const after = await contents(root);
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (path) => before.get(path) !== after.get(path),
      );
      if (changed.length > 0) throw new Error(`tsimm ${words.join(" ")} changed ${changed.join(", ")}`);
    },
    close: () => rm(root, { recursive: true }),
  };
}

/** Exit code 0, 1 or 2; one line for people and no trace of a crash; an end in time. */
async function keepsPromise(words: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (piece) => {
    stderr += piece;
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, HANGS_AFTER);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const end = stderr.slice(-2000);
  const called = `tsimm ${words.map((word) => JSON.stringify(word)).join(" ")}`;
  if (hung) throw new Error(`${called} hangs: ${end}`);
  if (![0, 1, 2].includes(code ?? -1)) throw new Error(`${called} ended with ${code}: ${end}`);
  if (CRASH.test(stderr)) throw new Error(`${called} crashed: ${end}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal must not get from a file
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(stderr))
    throw new Error(`${called} printed ${JSON.stringify(end)}`);
}

/** Messages of JavaScript and of its engine, which tell a user nothing. */
const CRASH =
  /^\s+at .+:\d+:\d+|Cannot read propert|is not a function|is not iterable|Invalid array length|Maximum call stack|heap out of memory|Invalid typed array|Array buffer allocation|\[object Object\]|Cannot convert|Cannot mix BigInt|Unexpected token|Segmentation/m;

/** Digest of every file outside of `work/runs`, by path. */
async function contents(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const walk = async (folder: string): Promise<void> => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (path === join(root, "work", "runs")) continue;
      if ((await lstat(path)).isDirectory()) await walk(path);
      else
        found.set(
          relative(root, path),
          createHash("sha256")
            .update(await readFile(path))
            .digest("hex"),
        );
    }
  };
  await walk(root);
  return found;
}

/** What is done to a file's bytes. */
export type Damage = readonly Edit[];

interface Edit {
  readonly kind: "flip" | "cut" | "insert" | "fill" | "swap";
  /** Place as a share of the length. */
  readonly at: number;
  readonly bytes: readonly number[];
}

/** Random damage: flipped, cut, inserted, overwritten and moved bytes, more often near the start. */
export const damage: fc.Arbitrary<Damage> = fc.array(
  fc.record({
    kind: fc.constantFrom("flip", "cut", "insert", "fill", "swap"),
    at: fc
      .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
      .map(([at, near]) => (near ? at ** 6 : at)),
    bytes: fc.array(fc.constantFrom(0, 1, 7, 34, 44, 58, 91, 123, 127, 128, 255), {
      minLength: 1,
      maxLength: 9,
    }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The bytes after the damage. */
export function damaged(bytes: Uint8Array, edits: Damage): Uint8Array {
  let result = Buffer.from(bytes);
  for (const { kind, at, bytes: values } of edits) {
    const place = Math.min(result.length, Math.floor(at * result.length));
    const [first = 1] = values;
    if (kind === "cut") result = result.subarray(0, place);
    else if (kind === "insert")
      result = Buffer.concat([result.subarray(0, place), Buffer.from(values), result.subarray(place)]);
    else if (kind === "fill") result.set(values.slice(0, result.length - place), place);
    else if (kind === "swap") result = Buffer.concat([result.subarray(place), result.subarray(0, place)]);
    else if (place < result.length) result[place] = (result[place] ?? 0) ^ first;
  }
  return result;
}

/** Values that no flag, key or field is made for, beside plausible ones. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[0, -1, 1, 2, 0.5, -0.5, 1e-300, 1e300, 1e9, 2 ** 31, 2 ** 53, -(2 ** 53), "NaN", "Infinity", null],
    ...[
      "",
      " ",
      "../../victim/model",
      "/",
      ".",
      "..",
      "a/b",
      "a\\b",
      "\u001b[31m",
      "\n",
      "__proto__",
      "null",
    ],
    ...[
      "0x10",
      "1e3",
      "1_000",
      "١",
      "é",
      "💥",
      "constructor",
      true,
      false,
      [],
      {},
      [1],
      [[]],
      [null],
      { a: 1 },
    ],
    ...[[0.9, 0.95], [3, 32, 32], [1, 2, 3, 4, 5], "9".repeat(400), "x".repeat(5000)],
  ),
  fc.string({ maxLength: 12 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);
