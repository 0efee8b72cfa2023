/** Runs that were made before the state had version 2 go on as those of today, to the byte. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { decodeSafetensors, encodeSafetensors } from "../packages/tsimm/src/weights/safetensors.ts";
import { colourFolder, tsimm } from "./command-line.fixture.ts";
import cases from "./golden/runs/v1/cases.json" with { type: "json" };
import { safetensorsEntry } from "./safetensors-entry.fixture.ts";

// Each test runs the command line three times.
vi.setConfig({ testTimeout: 180_000 });

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-version-1-"));
  await colourFolder(join(root, "photos"), { train: 5, val: 2 });
});
afterAll(() => rm(root, { recursive: true }));

const SMALL = [
  ...["--model", "test_resnet", "--img-size", "32", "-b", "5", "-j", "1", "--threads", "1"],
  ...["--warmup-epochs", "0", "--epochs", "3", "--recovery-interval", "1"],
];
const RECOVERY = /Recovery checkpoint: (recovery-1-\d+)\n/;

const state2 = z.looseObject({
  version: z.literal(2),
  model: z.object({ arch: z.string(), numClasses: z.number(), inChans: z.number() }),
  task: z.object({
    name: z.literal("classification"),
    outputNames: z.array(z.string()),
    settings: z.strictObject({}),
  }),
  ranking: z.unknown(),
  byOutput: z.unknown(),
  optimizer: z.looseObject({
    groups: z.array(z.looseObject({ options: z.record(z.string(), z.unknown()) })),
  }),
});

/** A state as version 1 wrote it. */
function asVersion1(state: unknown): Record<string, unknown> {
  const { model, task, ranking: _ranking, byOutput: _byOutput, optimizer, ...rest } = state2.parse(state);
  const { outputNames: classNames } = task;
  const classToIdx = Object.fromEntries(classNames.map((name, index) => [name, index]));
  // Optimizers had fewer options.
  const groups = optimizer.groups.map(({ options, ...group }) => {
    const { caution: _caution, correctedWeightDecay: _corrected, ...others } = options;
    return { ...group, options: others };
  });
  return { ...rest, ...model, optimizer: { ...optimizer, groups }, version: 1, classNames, classToIdx };
}

/** What a machine's arithmetic, its programs and its images decide is left out, but for its form. */
function masked(state: Record<string, unknown>): unknown {
  const { args, data, metricHistory, best, kept, running, scheduler, software, ...rest } = state;
  return {
    ...rest,
    args: { ...z.record(z.string(), z.unknown()).parse(args), data_dir: "", experiment: "", output: "" },
    ...forms({ data, metricHistory, best, kept, running, scheduler, software }),
    sha256: "",
  };
}

function forms(values: Record<string, unknown>): Record<string, unknown> {
  const form = (_key: string, value: unknown) =>
    typeof value === "number" || typeof value === "string" ? typeof value : value;
  return JSON.parse(JSON.stringify(values, form));
}

/** Replaces a resume file by one of version 1. */
async function rewrite(path: string): Promise<void> {
  const { tensors } = decodeSafetensors(await readFile(path));
  const blank = "0".repeat(64);
  const entry = JSON.stringify({ ...asVersion1(await safetensorsEntry(path)), sha256: blank });
  const bytes = Buffer.from(encodeSafetensors(tensors, { format: "pt", tsimm: entry }));
  const hash = createHash("sha256").update(bytes).digest("hex");
  bytes.write(hash, bytes.indexOf(blank), "latin1");
  await writeFile(path, bytes);
}

async function contents(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of (await readdir(folder)).sort()) {
    if (file.endsWith(".resume.safetensors")) continue;
    // Version 1 did not know the metric of each class: it is there, and in the report, when an epoch of today is the best.
    if (file === "per-class.csv" || file === "report.html") continue;
    hashes[file] = createHash("sha256")
      .update(await readFile(join(folder, file)))
      .digest("hex");
  }
  return hashes;
}

test.each(Object.entries(cases))("%s", async (name, flags) => {
  const [today, before] = [join(root, name), join(root, `${name}-version-1`)];
  await mkdir(today);
  const words = ["train", join(root, "photos"), ...SMALL, "--output", "out", "--experiment", "run", ...flags];
  const { stderr } = await tsimm(words, {
    cwd: today,
    watch: (log, kill) => RECOVERY.test(log) && kill("SIGKILL"),
  });
  const [, role = ""] = RECOVERY.exec(stderr) ?? [];
  expect(role).toMatch(/^recovery-1-/);
  const run = join(today, "out", "run");
  // What it wrote until it was dead.
  for (const file of await readdir(run)) {
    if (file.startsWith(".") || (file.startsWith("recovery-1-") && !file.startsWith(`${role}.`))) {
      await rm(join(run, file));
    }
  }
  const golden = await readFile(new URL(`golden/runs/v1/${name}.state.json`, import.meta.url), "utf8");
  const own = asVersion1(await safetensorsEntry(join(run, `${role}.resume.safetensors`)));
  expect(masked(own)).toEqual(masked(JSON.parse(golden)));

  await cp(today, before, { recursive: true });
  const resumable = join(before, "out", "run");
  for (const file of await readdir(resumable)) {
    if (file.endsWith(".resume.safetensors")) await rewrite(join(resumable, file));
  }
  for (const cwd of [today, before]) {
    const ended = await tsimm(["train", "--resume", "out/run"], { cwd });
    expect(ended.stderr).toMatch(new RegExp(`^Resuming from .*${role}\\.resume\\.safetensors `, "m"));
    expect(ended.stderr).not.toContain("WARNING");
    expect(ended.code).toBe(0);
  }
  expect(await contents(resumable)).toEqual(await contents(run));
  expect(await safetensorsEntry(join(resumable, "last.resume.safetensors"))).toMatchObject({ version: 2 });
});

test("a state of a version that is not known says so", async () => {
  const folder = join(root, "mixing", "out", "run");
  const path = join(folder, "last.resume.safetensors");
  const { tensors } = decodeSafetensors(await readFile(path));
  const state = z.looseObject({}).parse(await safetensorsEntry(path));
  const entry = JSON.stringify({ ...state, version: 3 });
  await writeFile(path, encodeSafetensors(tensors, { format: "pt", tsimm: entry }));
  const { stderr } = await tsimm(["train", "--resume", "out/run"], { cwd: join(root, "mixing") });
  expect(stderr).toMatch(
    /^WARNING: .*last\.resume\.safetensors is damaged and passed over: version is not what this version of tsimm writes/m,
  );
});
