/**
 * Runs that are killed, resumed and killed again end with the same files, to the byte, as a run left alone.
 *
 * A few dozen kills at changes to the run's folder; `npm run kills` adds 300, or as many as KILLS says, half of
 * them at every change of a run in turn, half at any moment.
 */
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourFolder, type Ended, tsimm } from "./command-line.fixture.ts";

const PRELOAD = new URL("./kill-at.mjs", import.meta.url).href;
const MORE = Number(process.env["KILLS"] ?? (process.env["npm_lifecycle_event"] === "kills" ? 300 : 0));
/** Where fresh runs are killed in the short test, as shares of all changes, and resumed ones, by count. */
const FRESH = [0.4, 0.8];
const RESUMED = [5, 12, 24];

const BASE = ["--model", "test_resnet", "--img-size", "32", "-b", "6", "-j", "0", "--threads", "1"];
const SHORT = [...BASE, "--warmup-epochs", "0", "--epochs", "2"];
const CONFIGURATIONS: Readonly<Record<string, readonly string[]>> = {
  "adamw, average, recovery checkpoints, one kept": [
    ...["--opt", "adamw", "--lr", "0.002", "--model-ema", "--model-ema-decay", "0.9"],
    ...["--recovery-interval", "2", "--checkpoint-hist", "1"],
  ],
  "lookahead, plateau, mixing": [
    ...["--opt", "lookahead_sgd", "--lr", "0.05", "--sched", "plateau", "--patience-epochs", "0"],
    ...["--mixup", "0.4", "--cutmix", "1", "--recovery-interval", "1"],
  ],
  "rmsproptf, noise, accumulation, no validation": [
    ...["--opt", "rmsproptf", "--lr", "0.001", "--lr-noise", "0", "1", "--lr-noise-pct", "0.3"],
    ...["--sched-on-updates", "--grad-accum-steps", "2", "--val-split", ""],
  ],
};
/** Only with KILLS. */
const MORE_CONFIGURATIONS: Readonly<Record<string, readonly string[]>> = {
  ...CONFIGURATIONS,
  "adafactor, step, dropout": ["--opt", "adafactor", "--lr", "0.01", "--sched", "step", "--drop", "0.3"],
  "lamb, every second epoch validated": [
    ...["--opt", "lamb", "--lr", "0.01", "--epochs", "4", "--val-interval", "2"],
    ...["--recovery-interval", "2", "--drop-path", "0.2"],
  ],
  "nadam, average without validation": [
    ...["--opt", "nadam", "--lr", "0.001", "--model-ema", "--val-split", "", "--checkpoint-hist", "1"],
  ],
};

let root = "";
let images = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-kills-"));
  images = join(root, "photos");
  await colourFolder(images, { train: 5, val: 2 });
});
afterAll(() => rm(root, { recursive: true }));

/** Ends a process early; undefined: lets it run. */
type Killer = { readonly change: number } | { readonly milliseconds: number } | undefined;

/** A run left alone: its files, the changes that it makes to its folder, its duration. */
interface Reference {
  readonly files: Readonly<Record<string, string>>;
  readonly changes: number;
  readonly milliseconds: number;
}

let folders = 0;

async function start(cwd: string, flags: readonly string[], killer: Killer): Promise<Ended> {
  const folder = join(cwd, "out", "run");
  const begun = await access(join(folder, "args.yaml")).then(
    () => true,
    () => false,
  );
  const words = begun
    ? ["train", "--resume", folder]
    : ["train", images, ...SHORT, ...flags, "--output", "out", "--experiment", "run"];
  const preload = {
    NODE_OPTIONS: `--import ${PRELOAD}`,
    KILL_FOLDER: folder,
    KILL_COUNT: join(cwd, "count"),
  };
  const env = killer && "change" in killer ? { ...preload, KILL_AT: String(killer.change) } : preload;
  const after = killer && "milliseconds" in killer ? killer.milliseconds : undefined;
  return tsimm(words, { cwd, env, killAfter: after });
}

async function newFolder(): Promise<string> {
  const folder = join(root, String(folders++));
  await mkdir(folder);
  return folder;
}

async function contents(cwd: string): Promise<Record<string, string>> {
  const folder = join(cwd, "out", "run");
  const hashes: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    hashes[name] = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  }
  return hashes;
}

async function reference(flags: readonly string[]): Promise<Reference> {
  const cwd = await newFolder();
  const started = performance.now();
  const ended = await start(cwd, flags, undefined);
  expect(ended.stderr).not.toMatch(/^tsimm: /m);
  const changes = Number(await readFile(join(cwd, "count"), "utf8"));
  return { files: await contents(cwd), changes, milliseconds: performance.now() - started };
}

/** Starts a run, kills it by one killer after the other, lets it end. Returns how often it was killed. */
async function killed(
  flags: readonly string[],
  killers: readonly Killer[],
  { files }: Reference,
): Promise<number> {
  const cwd = await newFolder();
  const log: string[] = [];
  let kills = 0;
  for (const killer of [...killers, undefined]) {
    const { code, signal, stderr } = await start(cwd, flags, killer);
    log.push(`${JSON.stringify(killer)} -> ${code ?? signal}\n${stderr}`);
    if (code === 0) break;
    if (signal !== "SIGKILL") throw new Error(`a run could not be ended\n${log.join("\n")}`);
    kills++;
  }
  const left = await contents(cwd);
  if (JSON.stringify(left) !== JSON.stringify(files)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(files)])];
    const different = names.filter((name) => left[name] !== files[name]);
    throw new Error(`${different.join(", ")} differ\n${log.join("\n")}`);
  }
  await rm(cwd, { recursive: true });
  return kills;
}

const random = (count: number, below: number) => Array.from({ length: count }, () => Math.random() * below);

describe.skipIf(process.platform === "win32")("killed between any two files, and resumed", () => {
  test.each(Object.entries(CONFIGURATIONS))(
    "%s",
    async (_name, flags) => {
      const whole = await reference(flags);
      for (const share of FRESH) {
        const changes = [Math.round(share * whole.changes), ...RESUMED];
        const killers = changes.map((change) => ({ change }));
        expect(await killed(flags, killers, whole)).toBeGreaterThan(RESUMED.length / 2);
      }
    },
    300_000,
  );
});

test.skipIf(MORE === 0)(
  `${MORE} more kills`,
  async () => {
    const wholes = new Map<readonly string[], Reference>();
    for (const flags of Object.values(MORE_CONFIGURATIONS)) wholes.set(flags, await reference(flags));
    const kills = { atChanges: 0, atAnyMoment: 0 };
    for (let round = 0; kills.atChanges + kills.atAnyMoment < MORE; round++) {
      for (const [flags, whole] of wholes) {
        const changes = [
          1 + (round % whole.changes),
          ...random(4, 30).map((change) => 1 + Math.floor(change)),
        ];
        kills.atChanges += await killed(
          flags,
          changes.map((change) => ({ change })),
          whole,
        );
        kills.atAnyMoment += await killed(
          flags,
          random(4, whole.milliseconds).map((milliseconds) => ({ milliseconds })),
          whole,
        );
        if (process.env["KILLS_REPORT"]) await writeFile(process.env["KILLS_REPORT"], JSON.stringify(kills));
      }
    }
  },
  MORE * 60_000 + 1,
);
