import { defineSchedule, number, registerSchedule } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import { defaultSettings } from "../default-settings.ts";
import type { CurveSettings, PlaygroundState } from "../settings.ts";
import { copyAs, copyFormats } from "./copy-as.ts";

function stateOf(...curves: readonly CurveSettings[]): PlaygroundState {
  return { curves, selected: 0, updatesPerEpoch: 10, logScale: false };
}

const step: CurveSettings = {
  ...defaultSettings("step"),
  args: { epochs: 6, decayEpochs: 3, warmupEpochs: 0 },
};

describe("copyAs", () => {
  test("writes what differs from the defaults", () => {
    expect(copyAs("typescript", stateOf(step))).toEqual({
      language: "ts",
      text: `import { StepLRScheduler } from "@tsimm/scheduler";

const optimizer = { paramGroups: [{ lr: 0.1 }] };
const scheduler = new StepLRScheduler(optimizer, { decayT: 3, decayRate: 0.1 });

for (let epoch = 0; epoch < 6; epoch++) {
  // Train an epoch with these rates.
  console.log(epoch, ...optimizer.paramGroups.map(({ lr }) => lr));
  scheduler.step(epoch + 1);
}
`,
    });
    expect(copyAs("flags", stateOf(step)).text).toBe(
      "npx tsimm train photos/ \\\n  --sched step \\\n  --epochs 6 \\\n  --lr 0.1 \\\n  --decay-epochs 3 \\\n  --warmup-epochs 0\n",
    );
  });

  test("CSV and JSON have all curves, and the groups of each, over updates where one counts them", () => {
    const updates: CurveSettings = { ...step, args: { ...step.args, epochs: 2, schedOnUpdates: true } };
    const short: CurveSettings = { ...step, args: { ...step.args, epochs: 1 }, groups: [{ lrScale: 0.5 }] };
    const csv = copyAs("csv", { ...stateOf(short, updates), updatesPerEpoch: 2 }).text.split("\n");
    expect(csv).toEqual([
      'update,"step:epochs=1,no-sched-on-updates,groups=0.5",' +
        '"step:epochs=1,no-sched-on-updates,groups=0.5 lrScale=0.5","step:epochs=2,sched-on-updates,groups=none"',
      ...["0,0.1,0.05,0.1", "1,0.1,0.05,0.1", "2,,,0.1", "3,,,0.1", ""],
    ]);
    const json = JSON.parse(copyAs("json", stateOf(step, defaultSettings("cosine"))).text) as {
      schedules: { label: string }[];
    };
    expect(json.schedules.map(({ label }) => label)).toEqual(["step", "cosine"]);
  });

  test("says in comments what timm does not have", () => {
    const noisy = { ...step, args: { ...step.args, lrNoise: [1, 3], lrNoiseStd: 0.5 } };
    const note = "# timm ignores the standard deviation of the noise: it is 1 there.";
    expect(copyAs("timm-python", stateOf(noisy)).text).toContain(note);
    expect(copyAs("timm-train", stateOf(noisy)).text).toContain(note);
    const plateau = { ...defaultSettings("plateau"), args: { thresholdMode: "abs", plateauThreshold: 0.5 } };
    expect(copyAs("timm-train", stateOf(plateau)).text).toBe(
      "# train.py has no flag for an absolute threshold.\n" +
        "# train.py has no flag for the threshold of plateau: it is 0.0001 there.\n" +
        "python train.py photos/ \\\n  --sched plateau \\\n  --epochs 300 \\\n  --lr 0.1\n",
    );
    const tanh = { ...defaultSettings("tanh"), args: { lb: -5, ub: 3 } };
    expect(copyAs("timm-train", stateOf(tanh)).text).toBe(
      "# train.py has no --lb: the default holds there.\n" +
        "python train.py photos/ \\\n  --sched tanh \\\n  --epochs 300 \\\n  --lr 0.1\n",
    );
    const rested = { ...defaultSettings("plateau"), args: { cooldownEpochs: 3 } };
    expect(copyAs("timm-train", stateOf(rested)).text).toBe(
      "# train.py ignores --cooldown-epochs with this schedule: it is 0 there.\n" +
        "python train.py photos/ \\\n  --sched plateau \\\n  --epochs 300 \\\n  --lr 0.1\n",
    );
    const poly = { ...defaultSettings("poly"), args: { power: 2 } };
    expect(copyAs("timm-train", stateOf(poly)).text).toContain("  --decay-rate 2\n");
    const multistep = { ...defaultSettings("multistep"), args: { milestoneTiming: "torch" } };
    expect(copyAs("timm-train", stateOf(multistep)).text).toContain("  --decay-milestones 91 181 271\n");
    const perUpdate = {
      ...multistep,
      args: { ...multistep.args, schedOnUpdates: true, decayMilestones: [30, 60] },
    };
    expect(copyAs("timm-train", stateOf(perUpdate)).text).toMatch(
      /# timm decays one update before a milestone\.\n.*--decay-milestones 30 60\b/s,
    );
    expect(copyAs("timm-train", stateOf(defaultSettings("wsd"))).text).toMatch(
      /^# timm's train.py has no schedule "wsd"; with tsimm:\nnpx tsimm train/,
    );
  });

  test("a rate of 0 stays one on the command line", () => {
    expect(copyAs("flags", stateOf({ ...step, args: { lr: 0 } })).text).toContain(
      "--lr 0 \\\n  --lr-base 0\n",
    );
  });

  test("a schedule that a program has registered is made by its name", () => {
    registerSchedule(
      defineSchedule<{ readonly tail: number }>({
        name: "tailed",
        checks: { tail: number({ above: 0 }) },
        build:
          ({ tail }) =>
          (base) =>
          (t) =>
            base / (1 + t / tail),
        flags: { tail: { type: "float", default: 3, above: 0, help: "length of the tail" } },
      }),
    );
    const tailed = { ...defaultSettings("tailed"), args: { tail: 7, epochs: 2, warmupEpochs: 0 } };
    const { text } = copyAs("typescript", stateOf(tailed));
    expect(text).toContain('// Register "tailed" before, with registerSchedule.');
    expect(text).toMatch(/const args = \{\n {2}sched: "tailed",\n {2}epochs: 2,\n[^}]* {2}tail: 7,/);
    expect(copyAs("timm-python", stateOf(tailed)).text).toBe(
      '# timm has no schedule "tailed": it is registered by a program in TypeScript.\n',
    );
    expect(copyAs("flags", stateOf(tailed)).text).toContain("--tail 7");
  });

  const hostile = "\"; process.exit(1) //\n$(rm -rf ~) `id` '\u2028*/";
  test.each(copyFormats.map(({ format }) => format))("no text of a state gets out of %s", (format) => {
    const marks = /process\.exit|rm -rf|`id`/;
    const names = { ...defaultSettings(hostile), args: { epochs: 5 } };
    const values = {
      ...step,
      args: { ...step.args, milestoneTiming: hostile, epochs: hostile, lr: hostile },
    };
    const choices = { ...defaultSettings("multistep"), args: { milestoneTiming: hostile } };
    const metric = { ...defaultSettings("plateau"), args: { evalMetric: hostile, epochs: 4 } };
    for (const settings of [names, values, choices, metric]) {
      const { text, language } = copyAs(format, stateOf(settings));
      const comment = language === "ts" ? "//" : "#";
      const lines = text.split(/[\r\n\u2028\u2029]/).filter((line) => marks.test(line));
      if (language === "json") expect(() => JSON.parse(text)).not.toThrow();
      else expect(lines.filter((line) => !line.startsWith(comment))).toEqual([]);
    }
  });

  test("gives the reason where there is no schedule", () => {
    const late = { ...step, args: { decayEpochs: -1 } };
    const reason = "schedule: --decay-epochs must be a number > 0, got -1";
    expect(copyFormats.map(({ format }) => copyAs(format, stateOf(late)).text)).toEqual([
      ...[`// ${reason}\n`, `# ${reason}\n`, `# ${reason}\n`, `# ${reason}\n`],
      ...[`{"error":"${reason}"}\n`, `# ${reason}\n`],
    ]);
    const long = { ...step, args: { epochs: 300_000, schedOnUpdates: true } };
    expect(copyAs("csv", stateOf(long)).text).toBe(
      "# copyAs: a curve must have at most 2000000 rates, got 3000000; lower --epochs or the updates per epoch, or run tsimm schedule -o\n",
    );
    expect(copyAs("flags", { ...stateOf(), curves: [] }).text).toBe(
      "# copyAs: state.curves must have at least one curve, got none\n",
    );
  });
});
