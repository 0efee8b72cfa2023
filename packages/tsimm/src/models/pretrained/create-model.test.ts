import { mkdir, mkdtemp, realpath, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { type FakeHub, fakeHub } from "../../weights/hub/fake-hub.fixture.ts";
import { hubFile } from "../../weights/hub/hub-file.ts";
import { encodeSafetensors, type SafeTensorsMetadata } from "../../weights/safetensors.ts";
import { encodeTorchFile } from "../../weights/torch/encode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../../weights/torch/torch-value.ts";
import type { Model } from "../model.ts";
import { createModel, modelInfo } from "./create-model.ts";
import { isModel, listModels } from "./list-models.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

function weightsOf({ state }: Model, metadata: SafeTensorsMetadata = {}): Uint8Array {
  const tensors = state.map(({ name, shape, data }) => {
    return [
      name,
      { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
    ] as const;
  });
  return encodeSafetensors(new Map(tensors), metadata);
}

/** A state dict as PyTorch saves it. */
function torchOf({ state }: Model): Uint8Array {
  return encodeTorchFile(
    new Map(
      state.map(({ name, shape, data }) => {
        const dtype = data instanceof Float32Array ? "F32" : "I64";
        return [name, new TorchTensor({ dtype, shape, data })];
      }),
    ),
  );
}

const source = createModel("test_resnet", { seed: 7, numClasses: 5 });
const config = {
  architecture: "test_resnet",
  num_classes: 5,
  label_names: ["a", "b", "c", "d", "e"],
  pretrained_cfg: {
    ...{ tag: "mine", input_size: [3, 64, 64], interpolation: "bilinear", crop_pct: 0.9, num_classes: 5 },
    ...{ mean: [0.4, 0.4, 0.4], std: [0.3, 0.3, 0.3], first_conv: "conv1.0", classifier: "fc" },
  },
};

const firstConv = ({ parameters }: Model) => parameters[0]?.data;

async function hubOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<FakeHub> {
  const hub = await fakeHub(files);
  vi.stubEnv("HF_ENDPOINT", hub.settings.endpoint);
  vi.stubEnv("HF_HUB_CACHE", hub.settings.cacheFolder);
  vi.stubEnv("HF_TOKEN_PATH", join(hub.settings.cacheFolder, "token"));
  return hub;
}

async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-model-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

test("pretrained weights come from the repository of the tag, with a new head and a word about it", async () => {
  const whole = createModel("test_resnet", { seed: 7 });
  const hub = await hubOf({ "timm/test_resnet.r160_in1k/model.safetensors": weightsOf(whole) });
  const messages: string[] = [];
  const files: string[] = [];
  const model = await createModel("test_resnet", {
    ...{ pretrained: true, numClasses: 3, onMessage: (text) => void messages.push(text) },
    onProgress: (file) => void files.push(file),
  });
  expect(firstConv(model)).toEqual(firstConv(whole));
  expect(model.numClasses).toBe(3);
  expect(messages).toEqual(["Adapting: fc of 1000 classes replaced by a new one of 3"]);
  expect(new Set(files)).toEqual(new Set(["timm/test_resnet.r160_in1k/model.safetensors"]));
  expect(hub.requests).toHaveLength(2);
  const again = await createModel("test_resnet.r160_in1k", { pretrained: true });
  expect(again.getClassifier()[0]?.data).toEqual(whole.getClassifier()[0]?.data);
});

test("a repository says which model it holds, its classes, their names and the preprocessing", async () => {
  const hub = await hubOf({
    "me/mine/config.json": JSON.stringify(config),
    "me/mine/model.safetensors": weightsOf(source),
  });
  const model = await createModel("hf-hub:me/mine", { pretrained: true });
  expect(firstConv(model)).toEqual(firstConv(source));
  expect(model.name).toBe("test_resnet");
  expect(model.numClasses).toBe(5);
  expect(model.pretrainedCfg).toEqual({
    ...{ inputSize: [3, 64, 64], interpolation: "bilinear", cropPct: 0.9, cropMode: "center" },
    ...{ mean: [0.4, 0.4, 0.4], std: [0.3, 0.3, 0.3], numClasses: 5, tag: "mine", hfHubId: "me/mine" },
    labelNames: ["a", "b", "c", "d", "e"],
  });
  hub.requests.length = 0;
  const plain = await createModel("hf_hub:me/mine@main", { numClasses: 2 });
  expect(plain.numClasses).toBe(2);
  expect(firstConv(plain)).not.toEqual(firstConv(source));
  expect(hub.requests.map(({ url }) => url)).toEqual(["/me/mine/resolve/main/config.json"]);
});

test("a folder is read as a repository is", async () => {
  const folder = await folderOf({
    "config.json": JSON.stringify(config),
    "model.safetensors": weightsOf(source),
  });
  const model = await createModel(`local-dir:${folder}`, { pretrained: true });
  expect(firstConv(model)).toEqual(firstConv(source));
  expect(model.pretrainedCfg.cropPct).toBe(0.9);
});

test("a config.json of an older timm has all in one object", async () => {
  const { pretrained_cfg: cfg } = config;
  const old = { architecture: "test_resnet", ...cfg, labels: ["a"] };
  const folder = await folderOf({
    "config.json": JSON.stringify(old),
    "model.safetensors": weightsOf(source),
  });
  expect((await createModel(`local-dir:${folder}`)).pretrainedCfg).toMatchObject({
    cropPct: 0.9,
    numClasses: 5,
  });
});

test("model_args are options of the model", async () => {
  const args = {
    architecture: "test_vit",
    num_classes: 3,
    model_args: { img_size: [96, 96] },
    pretrained_cfg: {},
  };
  const folder = await folderOf({ "config.json": JSON.stringify(args) });
  const model = await createModel(`local-dir:${folder}`);
  expect(model.state.find(({ name }) => name === "pos_embed")?.shape).toEqual([1, 37, 64]);
});

test.each<[string, unknown, RegExp]>([
  ["no JSON", "{", /config\.json must be JSON/],
  ["no object", "[]", /the file must be as timm writes it/],
  [
    "another architecture",
    { ...config, architecture: "test_resnt" },
    /architecture must be a model that is known here, got "test_resnt"; did you mean "test_resnet"\?/,
  ],
  ["a path for a name", { ...config, architecture: "../../etc/passwd" }, /architecture must be a model/],
  [
    "wrong sizes",
    { ...config, pretrained_cfg: { input_size: [3, -1, 5] } },
    /pretrained_cfg\.input_size\.1 must be as timm writes it/,
  ],
  ["wrong classes", { ...config, num_classes: "many" }, /num_classes must be as timm writes it/],
  [
    "options that are not known",
    { ...config, model_args: { reg_tokens: 4 } },
    /model_args must be among .*, got reg_tokens 4/,
  ],
])("a config.json with %s is refused", async (_, content, message) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const folder = await folderOf({ "config.json": text });
  await expect(createModel(`local-dir:${folder}`)).rejects.toThrow(message);
});

test("a file of one's own is adapted; that of a run brings its preprocessing", async () => {
  const tsimm = {
    ...{
      arch: "test_resnet",
      numClasses: 5,
      inChans: 3,
      classNames: ["a", "b", "c", "d", "e"],
      weights: "plain",
    },
    dataConfig: {
      ...{ inputSize: [3, 48, 48], interpolation: "bilinear", cropPct: 1, cropMode: "squash" },
      ...{ mean: [0.1, 0.1, 0.1], std: [0.2, 0.2, 0.2] },
    },
  };
  const folder = await folderOf({
    "own.safetensors": weightsOf(source),
    "last.safetensors": weightsOf(source, { format: "pt", tsimm: JSON.stringify(tsimm) }),
  });
  const plain = await createModel("test_resnet", {
    pretrainedPath: join(folder, "own.safetensors"),
    inChans: 1,
    numClasses: 2,
  });
  expect(plain.pretrainedCfg).toEqual(modelInfo("test_resnet").pretrainedCfg);
  const model = await createModel("test_resnet", { pretrainedPath: folder, numClasses: 2 });
  expect(firstConv(model)).toEqual(firstConv(source));
  expect(model.pretrainedCfg).toMatchObject(tsimm.dataConfig);
});

test("checkpointPath takes exactly the model's own weights", async () => {
  const folder = await folderOf({ "own.safetensors": weightsOf(source) });
  const checkpointPath = join(folder, "own.safetensors");
  const model = await createModel("test_resnet", { checkpointPath, numClasses: 5 });
  expect(firstConv(model)).toEqual(firstConv(source));
  await expect(createModel("test_resnet", { checkpointPath, numClasses: 2 })).rejects.toThrow(
    `createModel: checkpointPath must hold the weights of test_resnet, got "${checkpointPath}" (loadState: tensors must be ` +
      "the state of test_resnet; 2 unfit: fc.weight must be F32 [2,96], got F32 [5,96], fc.bias must be F32 [2], got F32 [5])",
  );
});

test("a repository with a file of PyTorch alone is read, once it is downloaded without asking again", async () => {
  const hub = await hubOf({
    "me/bin/config.json": JSON.stringify(config),
    "me/bin/pytorch_model.bin": torchOf(source),
  });
  const model = await createModel("hf-hub:me/bin", { pretrained: true });
  expect(firstConv(model)).toEqual(firstConv(source));
  hub.requests.length = 0;
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  expect(firstConv(await createModel("hf-hub:me/bin", { pretrained: true }))).toEqual(firstConv(source));
  expect(hub.requests).toEqual([]);
});

test("a repository with weights of another name says which", async () => {
  await hubOf({ "me/odd/config.json": JSON.stringify(config), "me/odd/resnet.pth": torchOf(source) });
  await expect(createModel("hf-hub:me/odd", { pretrained: true })).rejects.toThrow(
    /has no model\.safetensors \(404\), but resnet\.pth; fetch it and pass it as pretrainedPath$/,
  );
});

test("a damaged file of PyTorch in a repository is named", async () => {
  await hubOf({
    "me/bad/config.json": JSON.stringify(config),
    "me/bad/pytorch_model.bin": torchOf(source).subarray(0, 1000),
  });
  await expect(createModel("hf-hub:me/bad", { pretrained: true })).rejects.toThrow(
    /weights of me\/bad must be a readable file of weights, got ".*" \(it is damaged or not a file of PyTorch: the archive has no directory; was the file cut off\?\); remove it/,
  );
});

test("a folder with a file of PyTorch alone is read, one with nothing is refused", async () => {
  const folder = await folderOf({ "config.json": JSON.stringify(config) });
  const loading = () => createModel(`local-dir:${folder}`, { pretrained: true });
  await expect(loading()).rejects.toThrow(
    `local-dir: must hold a .safetensors file or one of PyTorch, got "${folder}" with none`,
  );
  await writeFile(join(folder, "a.pth"), "no weights");
  await writeFile(join(folder, "pytorch_model.bin"), torchOf(source));
  expect(firstConv(await loading())).toEqual(firstConv(source));
});

test("weights of PyTorch are a start as any others: wrapped, in half precision, without counters", async () => {
  const half = new Map(
    source.state.flatMap(({ name, shape, data }) => {
      if (!(data instanceof Float32Array)) return [];
      const bits = new Uint16Array(new Uint32Array(new Float32Array(data).buffer).map((word) => word >>> 16));
      return [[`module._orig_mod.${name}`, new TorchTensor({ dtype: "BF16", shape, data: bits })] as const];
    }),
  );
  const checkpoint = new Map<string, TorchValue>([
    ["epoch", 3],
    ["state_dict", half],
  ]);
  const folder = await folderOf({ "half.pth.tar": encodeTorchFile(checkpoint) });
  const path = join(folder, "half.pth.tar");
  const cut = (data: Float32Array | undefined) =>
    new Float32Array(
      new Uint32Array(new Float32Array(data ?? []).buffer).map((word) => word & 0xffff0000).buffer,
    );
  for (const option of ["pretrainedPath", "checkpointPath"]) {
    const model = await createModel("test_resnet", { numClasses: 5, [option]: path });
    expect(model.parameters.map(({ data }) => data)).toEqual(source.parameters.map(({ data }) => cut(data)));
  }
});

test("damaged weights are named, with what is wrong", async () => {
  const folder = await folderOf({ "a.safetensors": weightsOf(source).subarray(0, 5000) });
  const pretrainedPath = join(folder, "a.safetensors");
  await expect(createModel("test_resnet", { pretrainedPath })).rejects.toThrow(
    `createModel: pretrainedPath must be a readable file of weights, got "${pretrainedPath}" (decodeSafetensors: `,
  );
  await mkdir(join(folder, "empty"));
  await expect(createModel("test_resnet", { pretrainedPath: join(folder, "empty") })).rejects.toThrow(
    "createModel: pretrainedPath must hold a .safetensors file or one of PyTorch",
  );
  const missing = join(folder, "missing.safetensors");
  await expect(createModel("test_resnet", { pretrainedPath: missing })).rejects.toThrow(
    `got "${missing}" (ENOENT)`,
  );
});

test("damaged weights in the cache are named, and that their removal helps", async () => {
  await hubOf({ "timm/test_resnet.r160_in1k/model.safetensors": weightsOf(createModel("test_resnet")) });
  const files: string[] = [];
  const fetched = () =>
    createModel("test_resnet", { pretrained: true, onProgress: (file) => void files.push(file) });
  await fetched();
  const repository = { id: "timm/test_resnet.r160_in1k", revision: "main" };
  const path = await realpath(await hubFile({ repository, name: "model.safetensors" }));
  await truncate(path, 5000);
  const downloads = files.length;
  await expect(fetched()).rejects.toThrow(
    new RegExp(`weights of .* got "${path}" \\(.*\\); remove it, and the next try downloads it again$`),
  );
  await rm(path);
  await fetched();
  expect(files.length).toBeGreaterThan(downloads);
});

test.each<[string, object, string]>([
  [
    "resnet18.a1_in2k",
    {},
    'createModel: name must be resnet18 with one of the tags a1_in1k, a2_in1k, a3_in1k, tv_in1k, fb_ssl_yfcc100m_ft_in1k, fb_swsl_ig1b_ft_in1k, gluon_in1k, got "resnet18.a1_in2k"; did you mean "resnet18.a1_in1k"?',
  ],
  [
    "timm/resnet18",
    {},
    'createModel: name must be of a registered model, got "timm/resnet18"; pass "hf-hub:timm/resnet18" for a repository of the hub or "local-dir:timm/resnet18" for a folder',
  ],
  [
    "hf-hb:timm/resnet18",
    {},
    'createModel: name must begin with hf-hub: or local-dir:, or be of a registered model, got "hf-hb:timm/resnet18"',
  ],
  [
    "hf-hub:../../etc",
    {},
    'createModel: name must be hf-hub:owner/name or hf-hub:owner/name@revision, got "hf-hub:../../etc"',
  ],
  [
    "hf-hub:a/b@../x",
    {},
    'createModel: name must be hf-hub:owner/name or hf-hub:owner/name@revision, got "hf-hub:a/b@../x"',
  ],
  ["local-dir:", {}, 'createModel: name must be local-dir: and the path of a folder, got "local-dir:"'],
  ["resnet18", { pretrained: "yes" }, 'createModel: pretrained must be true or false, got "yes"'],
  ["resnet18", { pretrainedPath: 5 }, "createModel: pretrainedPath must be a path, got 5"],
])("%s %o is refused at once", (name, options, message) => {
  expect(() => createModel(name, options)).toThrow(message);
});

test("a model without weights on the hub says what there is", async () => {
  await hubOf({});
  await expect(createModel("seresnet18", { pretrained: true })).rejects.toThrow(
    'createModel: name must be of a model with pretrained weights, got "seresnet18.untrained"; give a file of your own as pretrainedPath, or leave pretrained out',
  );
});

test("null and false count as not given, with a model at once", () => {
  const options = { pretrained: false, pretrainedPath: null, checkpointPath: null, numClasses: 2 } as const;
  expect(createModel("test_resnet", options).numClasses).toBe(2);
});

test("models are listed as timm lists them", () => {
  expect(isModel("resnet18.a1_in1k")).toBe(true);
  expect(isModel("hf-hub:timm/resnet18.a1_in1k")).toBe(false);
  expect(listModels("test_*")).toEqual(
    expect.arrayContaining(["test_convnext", "test_efficientnet", "test_resnet"]),
  );
  expect(listModels("resnet18", { pretrained: true })).toHaveLength(7);
  expect(listModels("resnet18.t*", { pretrained: true })).toEqual(["resnet18.tv_in1k"]);
  expect(listModels("seresnet18", { pretrained: true })).toEqual([]);
  expect(listModels("seresnet18", { includeTags: true })).toEqual(["seresnet18.untrained"]);
});
