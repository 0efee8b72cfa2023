import { expect, test } from "vitest";
import { exampleState } from "../../checkpoint/run-state.fixture.ts";
import type { RunState } from "../../checkpoint/run-state.ts";
import { savedArguments } from "../args-yaml.ts";
import type { TrainArguments } from "../arguments.ts";
import { resolveArguments } from "../resolve-arguments.ts";
import { type HandoffOptions, planHandoff } from "./plan-handoff.ts";

/** The state of a run of these flags after some epochs. */
function stateOf(given: Partial<TrainArguments>, done = 4, changes: Partial<RunState> = {}): RunState {
  const args = resolveArguments({
    ...{ dataDir: "/photos", model: "resnet18", epochs: 10, warmupEpochs: 0, batchSize: 128 },
    ...given,
  });
  const model = { arch: args.model, numClasses: 2, inChans: 3 };
  const state = exampleState(done - 1, { args: savedArguments(args, {}), model });
  return { ...state, sha256: "0".repeat(64), ...changes };
}
const ONE: HandoffOptions = { nodes: 1, gpus: 1, epochs: null, dataDir: null };
const flagsOf = (state: RunState, options: Partial<HandoffOptions> = {}) =>
  planHandoff(state, { ...ONE, ...options })
    .flags.map((words) => words.join(" "))
    .join(" ");

test("a run under way goes on with its own epochs and rate", () => {
  expect(flagsOf(stateOf({}))).toBe("--data-dir /photos -b 128 --lr 0.05 --num-classes 2");
  expect(planHandoff(stateOf({}), ONE)).toMatchObject({
    ...{ done: 4, numEpochs: 10, processes: 1, problems: [], warnings: [], back: [] },
  });
});

test.each<[string, Partial<TrainArguments>, Partial<HandoffOptions>, string]>([
  ["eight GPUs", {}, { gpus: 8 }, "-b 16 --lr 0.05 --num-classes 2"],
  ["two machines", {}, { gpus: 8, nodes: 2 }, "-b 8 --lr 0.05 --num-classes 2"],
  ["a CPU", {}, { gpus: 0 }, "-b 128 --lr 0.05 --num-classes 2 --device cpu"],
  [
    "accumulation",
    { gradAccumSteps: 2, batchSize: 100 },
    { gpus: 8 },
    "-b 25 --grad-accum-steps 1 --lr 0.078125 --num-classes 2",
  ],
  ["a rate that was given", { lr: 0.3 }, { gpus: 2 }, "-b 64 --lr 0.3 --num-classes 2"],
  ["sqrt scaling", { opt: "adamw", lrBase: 0.001, batchSize: 64 }, {}, "-b 64 --lr 0.0005 --num-classes 2"],
  ["epochs that are asked for", {}, { epochs: 30 }, "-b 128 --lr 0.05 --epochs 30 --num-classes 2"],
  ["repeats in one process", { augRepeats: 3 }, {}, "-b 128 --lr 0.05 --num-classes 2 --aug-repeats 0"],
  ["repeats in several", { augRepeats: 3 }, { gpus: 2 }, "-b 64 --lr 0.05 --num-classes 2"],
  ["odd batches that are mixed", { batchSize: 7, mixup: 0.2, lr: 0.1 }, {}, "-b 8 --lr 0.1 --num-classes 2"],
  [
    "options of the model",
    { modelKwargs: { act_layer: "silu", output_stride: 16, block_args: [1, true, null, "True"] } },
    {},
    "-b 128 --lr 0.05 --model-kwargs act_layer=silu output_stride=16 block_args=[1, True, None, 'True'] --num-classes 2",
  ],
  [
    "a vision transformer of another size",
    { model: "vit_tiny_patch16_224", imgSize: 32, lr: 0.1, batchSize: 8, modelKwargs: { depth: 2 } },
    {},
    "-b 8 --lr 0.1 --model-kwargs img_size=32 depth=2 --num-classes 2",
  ],
])("%s", (_, given, options, flags) => {
  expect(flagsOf(stateOf(given), options)).toBe(`--data-dir /photos ${flags}`);
});

test.each<[Partial<TrainArguments>, number, string, readonly string[]]>([
  [
    {},
    10,
    "--epochs 20",
    [
      "the run is over: --epochs 20 lets timm go on, to 20 epochs in all",
      "cosine over 20 epochs is another curve: epoch 10 begins with the rate 0.025, epoch 9 began with 0.00122",
    ],
  ],
  [
    { sched: "step", decayEpochs: 3 },
    10,
    "--epochs 20",
    ["the run is over: --epochs 20 lets timm go on, to 20 epochs in all"],
  ],
  [
    { sched: "step", lrNoise: [0.42, 0.9] },
    10,
    "--epochs 20",
    [
      "the run is over: --epochs 20 lets timm go on, to 20 epochs in all",
      "the noise of the rate moves with --epochs 20: from epoch 8.4 to 18, not 4.2 to 9",
    ],
  ],
  [
    { cooldownEpochs: 2, warmupEpochs: 3, warmupPrefix: true },
    15,
    "--epochs 20",
    [
      "the run is over: --epochs 20 lets timm go on, to 25 epochs in all",
      "cosine over 20 epochs is another curve: epoch 15 begins with the rate 0.0173, epoch 14 began with 0",
    ],
  ],
  [
    { sched: "wsd" },
    4,
    "",
    [
      'timm has no schedule "wsd"',
      "cosine over 10 epochs, in place of wsd, is another curve: epoch 4 begins with the rate 0.0327, epoch 3 began with 0.05",
    ],
  ],
  [{ sched: "step", schedOnUpdates: true }, 4, "", []],
])("the schedule of %o after %i epochs: %s", (given, done, flags, warnings) => {
  const state = stateOf(given, done);
  const plan = planHandoff(state, ONE);
  expect(plan.warnings).toEqual(warnings);
  const epochs = flags === "" ? "" : `${flags} `;
  expect(flagsOf(state)).toBe(`--data-dir /photos -b 128 --lr 0.05 ${epochs}--num-classes 2`);
});

const FORGETS =
  "timm forgets the best metric and the bad epochs of plateau: its next epoch counts as the best so far";

test.each<[string, Partial<TrainArguments>, number | null, string]>([
  ["behind its warm-up", { warmupEpochs: 2 }, null, "--lr 0.005 --warmup-epochs 0"],
  ["within its warm-up", { warmupEpochs: 4 }, null, "--lr 0.2"],
  ["without one", {}, null, "--lr 0.005"],
  [
    "with a prefix",
    { warmupEpochs: 2, warmupPrefix: true },
    null,
    "--lr 0.005 --epochs 12 --warmup-epochs 0",
  ],
  ["with noise in its rate", {}, 0.02, "--lr 0.02"],
])("plateau %s goes on with the rate that it has come to", (_, given, restore, flags) => {
  const scheduler = { plateau: { restore: restore === null ? null : [restore] } };
  const optimizer = exampleState(3).optimizer;
  const groups = [{ params: ["w"], options: { lr: 0.0025, lrScale: 0.5, weightDecay: 0 } }];
  const own = restore === null ? groups : [{ params: ["w"], options: { lr: 0.03, weightDecay: 0 } }];
  const state = stateOf({ sched: "plateau", lr: 0.2, ...given }, 4, {
    ...{ scheduler, optimizer: { ...optimizer, groups: own } },
  });
  expect(planHandoff(state, ONE).warnings).toEqual([FORGETS]);
  expect(flagsOf(state)).toBe(`--data-dir /photos -b 128 ${flags} --num-classes 2`);
});

test("what timm cannot train is told with what to do", () => {
  const problemsOf = (given: Partial<TrainArguments>) => planHandoff(stateOf(given), ONE).problems;
  const folder = "pass a folder <split>/<class>/<image> of the same images with --data-dir";
  expect(problemsOf({ dataDir: "/a b.tar" })).toEqual([
    'timm reads a .tar whole for both splits and trains on the validation images; unpack it; tar -xf "/a b.tar" -C FOLDER, and pass the folder with --data-dir',
  ]);
  expect(problemsOf({ dataDir: "/photos.csv" })).toEqual([`timm reads no .csv; ${folder}`]);
  expect(planHandoff(stateOf({ dataDir: "/photos.csv" }), { ...ONE, dataDir: "/photos" }).problems).toEqual(
    [],
  );
  expect(problemsOf({ task: "regression" })).toEqual([
    'timm has no task "regression"; it goes on here with tsimm train --resume',
  ]);
  const own = stateOf({}, 4, { model: { arch: "plain4", numClasses: 2, inChans: 3 } });
  expect(planHandoff(own, ONE).problems).toEqual([
    'timm has no model "plain4"; it goes on with the program that made it',
  ]);
  expect(() => planHandoff(stateOf({}), { ...ONE, epochs: 4 })).toThrow(
    "handoff: --epochs must be more than 4 to go on after the 4 epochs that are done; timm would train nothing",
  );
});

test("keys bring timm to what the run did, and not back to where it began", () => {
  const state = stateOf({
    ...{ sched: "multistep", decayMilestones: [2, 8], milestoneTiming: "torch", momentum: 0 },
    ...{ dropConnect: 0.1, bnEps: 1e-3, initialCheckpoint: "first.safetensors", pretrained: true },
  });
  expect(planHandoff(state, ONE).keys).toEqual({
    ...{ data_dir: "/photos", num_classes: 2, input_size: [3, 32, 32], interpolation: "bilinear" },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], crop_pct: 0.9, model_kwargs: {} },
    ...{ initial_checkpoint: "", start_epoch: null, pretrained: false, pretrained_path: null },
    ...{ head_init_scale: null, head_init_bias: null, lr: 0.05, epochs: 10 },
    ...{ decay_milestones: [3, 9], milestone_timing: "timm", opt_kwargs: { nesterov: false } },
    ...{ drop_path: 0.1, drop_connect: null, bn_eps: null },
  });
  expect(planHandoff(state, ONE).warnings).toEqual(["timm's resnet18 takes no bn_eps"]);
  const hub = stateOf({ model: "hf-hub:timm/resnet18.a1_in1k" }, 4, {
    model: { arch: "resnet18", numClasses: 2, inChans: 3 },
  });
  expect(planHandoff(hub, ONE).keys).toMatchObject({ model: "resnet18" });
  const power = planHandoff(stateOf({ sched: "poly", power: 0.9 }), ONE);
  expect(power.keys).toMatchObject({ decay_rate: 0.9, power: null });
  expect(power.warnings).toEqual([]);
});

test("batches that cannot be divided are said, and given back", () => {
  const plan = planHandoff(stateOf({ batchSize: 100, lr: 0.1 }), { ...ONE, gpus: 8 });
  expect(plan.warnings).toEqual([
    "100 images an update cannot be divided among 8 processes: it becomes 104 at the same rate",
  ]);
  expect(plan.back).toEqual([
    ["-b", "100"],
    ["--grad-accum-steps", "1"],
  ]);
  const odd = planHandoff(stateOf({ batchSize: 7, cutmix: 1, lr: 0.1 }), ONE);
  expect(odd.warnings).toEqual([
    "7 images an update cannot be divided among 1 process, in batches of an even number, as timm needs for mixup and CutMix: it becomes 8 at the same rate",
  ]);
});

test("in the middle of an epoch, that epoch is not done", () => {
  const state = stateOf({}, 4, { inEpoch: true });
  expect(planHandoff(state, ONE).done).toBe(3);
});
