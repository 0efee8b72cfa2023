import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSummary } from "../checkpoint/read-summary.ts";
import { argsYaml, savedArguments } from "./args-yaml.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { allEpochs, metricsIn, readRunPlan, unknownMetric, unknownPlan } from "./run-plan.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-plan-"));
});
afterAll(() => rm(root, { recursive: true }));

const planOfText = async (text: string) => {
  const path = join(root, "args.yaml");
  await writeFile(path, text);
  const { model, numEpochs, evalMetric, metrics, scheduled } = await readRunPlan(path);
  return { model, numEpochs, evalMetric, metrics: metrics.map(({ name }) => name), sched: scheduled?.sched };
};
const CLASSES = ["loss", "top1", "top5"];

test.each<[string, string, object]>([
  [
    "timm, as PyYAML writes it, with settings that tsimm has not",
    "amp: false\ncooldown_epochs: 5\nepochs: 30\neval_metric: top1\nkd_model_name: resnet50\nlr: 1.0e-05\nlr_cycle_limit: 2\nmodel: resnet18\nnaflex_loader: true\nopt: muon\nsched: cosine\nwarmup_epochs: 0\n",
    { model: "resnet18", numEpochs: 65, evalMetric: "top1", metrics: CLASSES, sched: "cosine" },
  ],
  [
    "a schedule that tsimm has not",
    "epochs: 30\nsched: mystery\nmodel: 3\n",
    { model: null, numEpochs: 30, evalMetric: null, metrics: CLASSES, sched: undefined },
  ],
  [
    "nothing that counts",
    "epochs: -1\n",
    { model: null, numEpochs: null, evalMetric: null, metrics: CLASSES, sched: undefined },
  ],
  [
    "a task that a program has registered",
    "epochs: 3\ntask: own\n",
    { model: null, numEpochs: 3, evalMetric: null, metrics: CLASSES, sched: "cosine" },
  ],
])("reads arguments of %s", async (_, text, expected) => {
  expect(await planOfText(text)).toEqual(expected);
});

test("reads arguments of tsimm", async () => {
  const args = resolveArguments({ task: "regression", model: "vit", epochs: 4, sched: "step" });
  const { metrics, ...plan } = await planOfText(argsYaml(args, savedArguments(args, {})));
  expect(plan).toEqual({ model: "vit", numEpochs: 4, evalMetric: "top1", sched: "step" });
  expect(metrics).toContain("mae");
});

test("the epochs of a run that timm took over are those of before, then timm's", async () => {
  const folder = new URL("../../../../test/golden/timm/runs/handed-over/", import.meta.url);
  const plan = await readRunPlan(fileURLToPath(new URL("args.yaml", folder)));
  const own = readSummary(await readFile(new URL("summary.csv", folder), "utf8"));
  const whole = readSummary(await readFile(new URL("whole.csv", folder), "utf8"));
  const rows = allEpochs(plan, own);
  expect(own.map(({ epoch }) => epoch)).toEqual([4, 5]);
  expect(rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(rows.map(({ lr }) => lr)).toEqual(whole.slice(0, 6).map(({ lr }) => lr));
  // It went back before the hand-over.
  expect(allEpochs(plan, whole)).toEqual(whole);
  expect(plan.saved).not.toHaveProperty("tsimm");
});

test("what travels with a run and cannot be read is passed over", async () => {
  const path = join(root, "args.yaml");
  await writeFile(path, "epochs: 3\ntsimm: {version: 1, metricHistory: 5}\n");
  expect((await readRunPlan(path)).earlier).toEqual([]);
});

test.each([
  ["- 1\n", 'must hold "key: value" lines'],
  ["a: [1\n", "must be a readable YAML file"],
  ["a: &x [*x]\n", "must be a readable YAML file"],
])("refuses %j", async (text, message) => {
  await expect(planOfText(text)).rejects.toThrow(`"${join(root, "args.yaml")}" ${message}`);
});

test("metrics are those of the task that rows have, then others", () => {
  const row = (validation: Record<string, number> & { loss: number }) => ({ validation });
  const names = (rows: readonly { validation: (Record<string, number> & { loss: number }) | null }[]) =>
    metricsIn(unknownPlan, rows).map(({ name }) => name);
  expect(names([row({ mIoU: 3, top1: 1, loss: 2 }), { validation: null }])).toEqual(["loss", "top1", "mIoU"]);
  // There is no such column.
  expect(names([row({ loss: Number.NaN, mIoU: 3 })])).toEqual(["mIoU"]);
  expect(names([])).toEqual([]);
});

test("a metric that is not known is better when it is higher, unless its name says that it is an error", () => {
  expect(["mIoU", "f1", "box_loss", "rmse", "top1_err"].map((name) => unknownMetric(name).better)).toEqual([
    ...["higher", "higher", "lower", "lower", "lower"],
  ]);
});
