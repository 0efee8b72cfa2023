/** Runs that start from pretrained weights. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { memoryDataset } from "../data/memory-dataset.ts";
import type { Model } from "../models/model.ts";
import { createModel } from "../models/pretrained/create-model.ts";
import type { Listener } from "../train/listener.ts";
import { UsageError } from "../usage-error.ts";
import { fakeHub } from "../weights/hub/fake-hub.fixture.ts";
import { decodeSafetensors, encodeSafetensors } from "../weights/safetensors.ts";
import type { TrainArguments } from "./arguments.ts";
import { train } from "./train.ts";

const wholeModel = fileURLToPath(new URL("../../../../test/golden/torch-files/module.pth", import.meta.url));

afterEach(() => {
  vi.unstubAllEnvs();
});

const weightsOf = ({ state }: Model) =>
  encodeSafetensors(
    new Map(
      state.map(({ name, shape, data }) => {
        return [
          name,
          { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
        ];
      }),
    ),
  );

/** Images of three classes, each of one colour. */
const dataset = () => {
  const images = Array.from({ length: 6 }, (_, i) => ({
    ...({ width: 32, height: 32, channels: 3 } as const),
    data: new Uint8Array(32 * 32 * 3).fill(40 * i),
  }));
  const labels = images.map((_, i) => i % 3);
  return { training: memoryDataset({ images, labels, classNames: ["a", "b", "c"] }) };
};

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tsimm-pretrained-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Trains for an epoch of three updates at a rate that changes nothing, and collects the messages. */
async function run(given: Partial<TrainArguments>) {
  const lines: string[] = [];
  const log: Listener = {
    name: "log",
    on: (event) => {
      if (event.type === "message" || event.type === "warning") lines.push(event.text);
    },
  };
  const result = await train(
    {
      ...{
        model: "test_resnet",
        imgSize: 32,
        batchSize: 2,
        epochs: 1,
        workers: 0,
        lr: 1e-20,
        warmupEpochs: 0,
      },
      ...{ tune: false, weightDecay: 0, output: await folder(), ...given },
    },
    { dataset: dataset(), listeners: [log] },
  );
  return { lines, result };
}

const trained = async (path: string) => decodeSafetensors(await readFile(path)).tensors;

test("--pretrained takes the hub's weights, and going on downloads nothing", async () => {
  const source = createModel("test_resnet", { seed: 7 });
  const hub = await fakeHub({ "timm/test_resnet.r160_in1k/model.safetensors": weightsOf(source) });
  vi.stubEnv("HF_ENDPOINT", hub.settings.endpoint);
  vi.stubEnv("HF_HUB_CACHE", hub.settings.cacheFolder);
  const { lines, result } = await run({ model: "test_resnet.r160_in1k", pretrained: true });
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Downloading timm\/test_resnet\.r160_in1k\/model\.safetensors: .* 100%$/),
      "Pretrained weights: timm/test_resnet.r160_in1k",
      "Model test_resnet_r160_in1k created, param count:372979",
      "Adapting: fc of 1000 classes replaced by a new one of 3",
    ]),
  );
  const tensors = await trained(join(result.folder, "last.safetensors"));
  expect(tensors.get("conv1.0.weight")?.data).toEqual(source.parameters[0]?.data);
  expect(await readFile(join(result.folder, "args.yaml"), "utf8")).toMatch(
    /^model: test_resnet\.r160_in1k$[\s\S]*^pretrained: true$/m,
  );
  hub.requests.length = 0;
  await rm(hub.settings.cacheFolder, { recursive: true });
  const again = await train({ resume: result.folder, epochs: 2, workers: 0 }, { dataset: dataset() });
  expect(again.epochs).toHaveLength(2);
  expect(hub.requests).toEqual([]);
});

test("a run from a folder goes on without it, with its preprocessing", async () => {
  const path = await folder();
  const config = { architecture: "test_resnet", num_classes: 5, pretrained_cfg: { mean: [0.4, 0.4, 0.4] } };
  await writeFile(join(path, "config.json"), JSON.stringify(config));
  await writeFile(join(path, "model.safetensors"), weightsOf(createModel("test_resnet", { numClasses: 5 })));
  const { lines, result } = await run({ model: `local-dir:${path}`, pretrained: true });
  expect(lines).toContain("\tmean: (0.4, 0.4, 0.4)");
  await rm(join(path, "config.json"));
  await rm(join(path, "model.safetensors"));
  const again: string[] = [];
  const log: Listener = {
    name: "log",
    on: (event) => void (event.type === "message" && again.push(event.text)),
  };
  await train({ resume: result.folder, epochs: 2, workers: 0 }, { dataset: dataset(), listeners: [log] });
  expect(again).toContain("\tmean: (0.4, 0.4, 0.4)");
});

test("--initial-checkpoint of another head offers --new-head, which takes all but the head", async () => {
  const path = join(await folder(), "five.safetensors");
  const source = createModel("test_resnet", { numClasses: 5, seed: 7 });
  await writeFile(path, weightsOf(source));
  const refused = run({ initialCheckpoint: path });
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    `train: --initial-checkpoint must hold the weights of --model, got "${path}" (loadState: tensors must be the state of ` +
      "test_resnet; 2 unfit: fc.weight must be F32 [3,96], got F32 [5,96], fc.bias must be F32 [3], got F32 [5]); " +
      "pass --new-head to take all but the classifier",
  );
  const { lines, result } = await run({ initialCheckpoint: path, newHead: true });
  expect(lines).toContain("Adapting: fc of 5 classes replaced by a new one of 3");
  const tensors = await trained(join(result.folder, "last.safetensors"));
  expect(tensors.get("conv1.0.weight")?.data).toEqual(source.parameters[0]?.data);
});

test("--new-head alone says what it is for", async () => {
  await expect(run({ newHead: true })).rejects.toThrow(
    "train: --new-head must come with --initial-checkpoint, got it alone",
  );
});

test("--initial-checkpoint of other channels is sent to --pretrained-path", async () => {
  const path = join(await folder(), "rgb.safetensors");
  await writeFile(path, weightsOf(createModel("test_resnet", { numClasses: 5 })));
  await expect(run({ initialCheckpoint: path, newHead: true, inChans: 1 })).rejects.toThrow(
    "conv1.0.weight must be F32 [16,1,3,3], got F32 [16,3,3,3]); pass it as --pretrained-path, which is adapted to the model",
  );
});

test.each<[string, Partial<TrainArguments>, string, boolean]>([
  [
    "an unknown tag",
    { model: "test_resnet.a1" },
    'train: --model must be test_resnet with one of the tags r160_in1k, got "test_resnet.a1"',
    true,
  ],
  [
    "no file",
    { pretrainedPath: "/nowhere/x.safetensors" },
    'train: --pretrained-path must be a readable file of weights, got "/nowhere/x.safetensors" (ENOENT)',
    true,
  ],
  [
    "a whole model of PyTorch",
    { pretrainedPath: wholeModel },
    `train: --pretrained-path must be a readable file of weights, got "${wholeModel}" (it names torch.nn.modules.linear.Linear: a whole model was saved`,
    true,
  ],
  [
    "a whole model of PyTorch to start from",
    { initialCheckpoint: wholeModel },
    `train: --initial-checkpoint must be a readable file of weights, got "${wholeModel}" (it names torch.nn.modules`,
    true,
  ],
  [
    "no connection",
    { pretrained: true },
    "model.safetensors of timm/test_resnet.r160_in1k is not in the cache; put http://127.0.0.1:9/timm/",
    false,
  ],
])("%s is one clear error, before a folder is made", async (_, given, message, isUsage) => {
  const output = await folder();
  vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
  vi.stubEnv("HF_HUB_CACHE", output);
  const error = await run({ ...given, output }).catch((one: unknown) => one);
  expect((error as Error).message).toContain(message);
  expect(error instanceof UsageError).toBe(isUsage);
});

test("weights of another model are refused, with all that does not fit", async () => {
  const path = join(await folder(), "vit.safetensors");
  await writeFile(path, weightsOf(createModel("test_vit", { numClasses: 5 })));
  const error = await run({ pretrainedPath: path }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(
    /^train: --pretrained-path must give weights that fit test_resnet, got ".*vit\.safetensors" \(tensors must be the state of test_resnet; \d+ missing: conv1\.0\.weight, .*; \d+ unexpected: cls_token, /,
  );
});
