import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cosineLr, createScheduler } from "@tsimm/scheduler";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tsimm } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-schedule-"));
});
afterAll(() => rm(root, { recursive: true }));

const schedule = (...words: string[]) => tsimm(["schedule", ...words], { cwd: root });
const STEP = ["--sched", "step", "--lr", "0.1", "--epochs", "90", "--decay-epochs", "30"];
const file = async (name: string) => readFile(join(root, name), "utf8");

/** What `tsimm schedule` prints without a file, for a terminal of unknown width. */
const STEP_IN_THE_TERMINAL = `learning rate
 0.1 ┤     ╭───────────────────╮
     │     │                   │
     │     │                   │
0.08 ┤    ╭╯                   │
     │    │                    │
     │    │                    │
0.06 ┤   ╭╯                    │
     │   │                     │
     │   │                     │
     │   │                     │
0.04 ┤  ╭╯                     │
     │  │                      │
     │  │                      │
0.02 ┤ ╭╯                      │
     │ │                       ╰────────────────────────╮
     │ │                                                │
   0 ┤─╯                                                ╰───────────────────────
     └┬────────┬───────┬───────┬───────┬────────┬───────┬───────┬───────────────
      0        10      20      30      40       50      60      70        epoch

step: 90 epochs, rate 0.1
  epoch   rate
      0   1e-5  warm-up begins
      5    0.1  warm-up ends
     30   0.01  rate × 0.1
     60  0.001  rate × 0.1
     89  0.001  last epoch
`;

describe("tsimm schedule", () => {
  test("plots the curve and tells what happens when", async () => {
    expect(await schedule(...STEP)).toMatchObject({ code: 0, stdout: STEP_IN_THE_TERMINAL, stderr: "" });
  });

  test("takes the rate from the batch size, and says so", async () => {
    const { stdout, stderr } = await schedule("-b", "64", "--sched", "constant");
    expect(stdout).toContain("constant: 300 epochs, rate 0.025\n");
    expect(stderr).toBe(
      "Learning rate (0.025) calculated from base learning rate (0.1) and effective global batch size (64) with linear scaling.\n",
    );
  });

  test("compares schedules, each with settings of its own", async () => {
    const compared = ["cosine", "multistep:decay-milestones=20,40,dr=0.5,warmup-ep=0"];
    const { stdout, stderr, code } = await schedule(...STEP, "--compare", ...compared);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(new RegExp(`── step\\s+━━ cosine\\s+══ ${compared[1]}\n`));
    const [, ...tables] = stdout.split("\n\n");
    expect(tables.map((table) => table.split("\n").map((line) => line.trim().split(/ {2,}/)))).toEqual([
      expect.arrayContaining([["30", "0.01", "rate × 0.1"]]),
      expect.arrayContaining([["5", "0.09924", "warm-up ends"]]),
      expect.arrayContaining([
        ["0", "0.1", "start"],
        ["19", "0.05", "rate × 0.5"],
        ["39", "0.025", "rate × 0.5"],
      ]),
    ]);
  });

  test("names settings of the command and of --compare where they differ", async () => {
    const { stdout } = await schedule(...STEP, "--compare", "step:warmup-ep=0");
    expect(stdout).toContain("── step:warmup-epochs=5   ━━ step:warmup-epochs=0\n");
    expect(stdout).toContain("\nstep:warmup-epochs=5: 90 epochs, rate 0.1\n");
  });

  test("a wsd of any length has a decay that fits, and surprises are told", async () => {
    const words = ["--lr", "0.1", "--epochs", "50", "--warmup-epochs", "0"];
    const wsd = await schedule(
      ...words,
      "--sched",
      "wsd",
      "--compare",
      "step:min-lr=0.2",
      "multistep",
      "cosine:min-lr=0.2",
    );
    expect(wsd.code).toBe(0);
    expect(wsd.stdout).toMatch(/^ +35 +0\.1 {2}decay begins$/m);
    expect(wsd.stderr.split("\n")).toEqual([
      "WARNING: step:min-lr=0.2: step never lowers the rate in this run of 50 epochs: --decay-epochs is 90; lower --decay-epochs",
      "WARNING: step:min-lr=0.2: --min-lr 0.2 has no effect on step",
      "WARNING: multistep: multistep never lowers the rate in this run of 50 epochs: --decay-milestones is 90 180 270; lower --decay-milestones",
      "WARNING: cosine:min-lr=0.2: --min-lr 0.2 is above the rate 0.1: cosine raises the rate to it; pass a smaller --min-lr or a greater --lr",
      "",
    ]);
  });

  test("shows the twelve million updates of ImageNet", async () => {
    const words = ["--lr", "0.1", "--sched", "step", "--sched-on-updates", "--updates-per-epoch", "40036"];
    const { stdout, code } = await schedule(...words, "-o", "imagenet.svg");
    expect(code).toBe(0);
    expect(stdout).toContain("   3603240     90   0.01  rate × 0.1\n");
    expect((await file("imagenet.svg")).length).toBeLessThan(200_000);
  });

  test("writes every rate as CSV", async () => {
    const ended = await schedule(...STEP, "--compare", "cosine:epochs=80", "-o", "lr.csv");
    expect(ended).toMatchObject({ code: 0, stderr: "Wrote lr.csv\n" });
    expect(ended.stdout).not.toContain("┤");
    const lines = (await file("lr.csv")).split("\n");
    expect(lines.slice(0, 2)).toEqual(["epoch,step,cosine:epochs=80", "0,0.00001,0.00001"]);
    expect(lines.slice(80, 82)).toEqual([
      `79,0.0010000000000000002,${cosineLr(0.1, { tInitial: 80 })(79)}`,
      "80,0.0010000000000000002,",
    ]);
    expect(lines).toHaveLength(92);
  });

  test("writes rates, events and warnings as JSON, per update too", async () => {
    const words = [
      "--sched",
      "cosine",
      "--lr",
      "0.1",
      "--epochs",
      "12",
      "--lr-noise",
      "0.5",
      "--sched-on-updates",
    ];
    const ended = await schedule(...words, "--updates-per-epoch", "7", "--output", "lr.json");
    expect(ended.code).toBe(0);
    const { unit, schedules } = JSON.parse(await file("lr.json"));
    expect(unit).toBe("update");
    const [{ rates, ...rest }] = schedules;
    const group = { lr: 0.1 };
    const args = { sched: "cosine", epochs: 12, lrNoise: [0.5], lrCycleDecay: 0.5, schedOnUpdates: true };
    const { scheduler } = createScheduler(args, { paramGroups: [group] }, { updatesPerEpoch: 7 });
    const expected = Array.from({ length: 84 }, (_, t) => {
      if (t > 0) scheduler.stepUpdate(t);
      return group.lr;
    });
    expect(rates).toEqual(expected);
    expect(rest).toEqual({
      label: "cosine",
      sched: "cosine",
      lr: 0.1,
      numEpochs: 12,
      events: [
        { t: 0, rate: 1e-5, what: "warm-up begins" },
        { t: 35, rate: expect.closeTo(0.0629, 4), what: "warm-up ends" },
        { t: 42, rate: 0.05, what: "noise begins" },
        { t: 83, rate: expect.closeTo(3.5e-5, 6), what: "last update" },
      ],
      warnings: [expect.stringMatching(/^the rate jumps after the warm-up: to 0\.06294 at update 35/)],
    });
    expect(ended.stderr).toBe(`WARNING: ${rest.warnings[0]}\nWrote lr.json\n`);
    expect(ended.stdout).toMatch(/^ {2}update {2}epoch {6}rate\n {7}0 {6}0 {6}1e-5 {2}warm-up begins$/m);
  });

  test("draws rates per epoch and per update in one figure", async () => {
    const ended = await schedule(
      ...[...STEP, "--compare", "cosine:sched-on-updates", "--updates-per-epoch", "20", "-o", "lr.csv"],
    );
    expect(ended.code).toBe(0);
    const lines = (await file("lr.csv")).split("\n");
    expect(lines[0]).toBe("update,step,cosine:sched-on-updates");
    expect(lines[600]?.split(",").slice(0, 2)).toEqual(["599", "0.1"]);
    expect(lines[601]?.split(",").slice(0, 2)).toEqual(["600", "0.010000000000000002"]);
    expect(lines).toHaveLength(1802);
  });

  test("draws SVG and PNG, small even for a million updates", async () => {
    expect((await schedule(...STEP, "--log-scale", "-o", "lr.svg")).code).toBe(0);
    const svg = await file("lr.svg");
    expect(svg).toMatch(/^<svg .*<title>Learning rate: step<\/title>/);
    const updates = [
      "--sched",
      "cosine",
      "--sched-on-updates",
      "--updates-per-epoch",
      "4000",
      "--epochs",
      "250",
    ];
    expect((await schedule(...updates, "-o", "many.svg")).code).toBe(0);
    expect((await file("many.svg")).length).toBeLessThan(200_000);
    expect((await schedule(...STEP, "-o", "lr.png")).code).toBe(0);
    expect((await readFile(join(root, "lr.png"))).subarray(1, 4).toString()).toBe("PNG");
  });

  test("loads neither an engine nor what draws", async () => {
    const folder = join(root, "coverage");
    process.env["NODE_V8_COVERAGE"] = folder;
    try {
      expect((await schedule(...STEP)).code).toBe(0);
    } finally {
      delete process.env["NODE_V8_COVERAGE"];
    }
    const [report = ""] = await readdir(folder);
    const urls: string[] = JSON.parse(await readFile(join(folder, report), "utf8")).result.map(
      ({ url }: { url: string }) => url,
    );
    const packages = new Set(
      urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []),
    );
    expect([...packages]).toEqual(["commander"]);
    expect(urls.some((url) => url.includes("scheduler/dist/index.js"))).toBe(true);
  });
});

describe("bad input is one line, exit code 2, and nothing is written", () => {
  test.each([
    [["--sched", "stpe"], /^tsimm: schedule: --sched must be one of .*, got "stpe"; did you mean "step"\?$/],
    [["--schd", "step"], /unknown option '--schd'/],
    [["--compare", "cosin"], /sched must be one of .*, got "cosin"; did you mean "cosine"\?$/],
    [
      ["--compare", "step:decay-rte=1"],
      /^tsimm: schedule: --compare "step:decay-rte=1": unknown option '--decay-rte'/,
    ],
    [["--compare", "step:epochs=many"], /--compare "step:epochs=many": .*It must be an integer\.$/],
    [["--compare", "step:epochs=0"], /^tsimm: schedule: --epochs must be an integer >= 1, got 0$/],
    [["--decay-epochs", "0"], /^tsimm: schedule: --decay-epochs must be a number > 0, got 0$/],
    [
      ["-o", "lr.gif"],
      /^tsimm: schedule: --output must end in one of \.svg, \.png, \.csv, \.json, got "lr\.gif"$/,
    ],
    [["--sched-on-updates"], /^tsimm: schedule: --updates-per-epoch must be given with --sched-on-updates/],
    [
      ["--epochs", "1000000000"],
      /^tsimm: schedule: a run must have at most 10000000 rates, got 1000000000; lower/,
    ],
    [["--compare", "step:sched-on-updates", "--updates-per-epoch", "90000000"], /at most 10000000 rates/],
    [["--compare", "step:decay-epochs"], /--compare "step:decay-epochs": option .* argument missing$/],
    [["--updates-per-epoch", "0"], /It must be an integer > 0\.$/],
    [
      ["--sched", "plateau", "--sched-on-updates", "--updates-per-epoch", "9"],
      /^tsimm: schedule: --sched-on-updates must be off for plateau, got on; the metric is known once an epoch$/,
    ],
    [["--lr-noise", "0.5", "0.2"], /^tsimm: schedule: --lr-noise must be .*, got 0\.5 0\.2$/],
    [
      ["--sched", "wsd", "--epochs", "50", "--decay-epochs", "90"],
      /^tsimm: schedule: --decay-epochs must be <= --epochs \(= 50\), got 90$/,
    ],
    [
      ["--lr-noise", "0.5", "--lr-noise-pct", "1e-4"],
      /^tsimm: schedule: --lr-noise-pct must be >= .* × --lr-noise-std .*, got 0\.0001; /,
    ],
    [["photos"], /too many arguments/],
    [["--opt", "adamm"], /^tsimm: schedule: --opt must be one of .*, got "adamm"; did you mean "adam"\?$/],
    [["--compare", "cosine:opt=sgdd"], /--opt must be one of .*, got "sgdd"; did you mean "sgd"\?$/],
  ])("schedule %j", async (words, message) => {
    const { code, stdout, stderr } = await schedule(
      ...words,
      "-o",
      "bad.csv",
      ...(words[0] === "-o" ? words : []),
    );
    expect(stderr.trimEnd().split("\n")[0]).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(await readdir(root)).not.toContain("bad.csv");
  });

  test("a folder that is not there is an error of the file system", async () => {
    const { code, stderr } = await schedule(...STEP, "-o", "nowhere/lr.csv");
    expect(code).toBe(1);
    expect(stderr).toBe(
      'tsimm: schedule: --output must be a file that can be written, got "nowhere/lr.csv"; ENOENT: no such file or directory\n',
    );
  });
});
