import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readWeightsFile } from "./read-weights-file.ts";
import { encodeSafetensors, type SafeTensors } from "./safetensors.ts";
import { encodeTorchFile } from "./torch/encode-torch-file.ts";
import { TorchNamespace, TorchTensor, type TorchValue } from "./torch/torch-value.ts";

const folder = await mkdtemp(join(tmpdir(), "tsimm-weights-"));
afterAll(() => rm(folder, { recursive: true }));

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../../test/golden/torch-files/${name}`, import.meta.url));

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const weights = (value: number): TorchValue =>
  new Map([["w", new TorchTensor({ dtype: "F32", shape: [1], data: Float32Array.of(value) })]]);
const numbersOf = ({ tensors }: { readonly tensors: SafeTensors }): unknown =>
  Object.fromEntries([...tensors].map(([name, { data }]) => [name, Number(data[0])]));

test.each<[string, Record<string, TorchValue>, boolean, unknown]>([
  ["state_dict", { state_dict: weights(1) }, true, [{ w: 1 }, false]],
  ["model", { model: weights(1), optimizer: new Map(), epoch: 3 }, true, [{ w: 1 }, false]],
  ["model_state_dict", { model_state_dict: weights(1), loss: 0.5 }, true, [{ w: 1 }, false]],
  ["state_dict before model", { model: weights(1), state_dict: weights(2) }, true, [{ w: 2 }, false]],
  ["state_dict_ema", { state_dict: weights(1), state_dict_ema: weights(2) }, true, [{ w: 2 }, true]],
  ["model_ema", { model: weights(1), model_ema: weights(2) }, true, [{ w: 2 }, true]],
  ["the plain ones", { state_dict: weights(1), state_dict_ema: weights(2) }, false, [{ w: 1 }, false]],
  ["no average that is None", { state_dict: weights(1), state_dict_ema: null }, true, [{ w: 1 }, false]],
])("of a checkpoint takes %s", async (name, checkpoint, average, expected) => {
  const path = await written(`${name}.pth.tar`, encodeTorchFile(new Map(Object.entries(checkpoint))));
  const file = await readWeightsFile(path, { average });
  expect([numbersOf(file), file.torch?.average]).toEqual(expected);
});

test.each(["x.pth", "x.pt", "x.bin", "x.ckpt", "x.pth.tar", "x.weights", "x"])(
  "reads a state dict of PyTorch in %s",
  async (name) => {
    const file = await readWeightsFile(await written(name, encodeTorchFile(weights(3))));
    expect(file).toMatchObject({ metadata: {}, torch: { average: false, args: null } });
    expect(numbersOf(file)).toEqual({ w: 3 });
  },
);

test("gives the arguments of the training script", async () => {
  const args = new Map([["model", "resnet18"]]);
  const path = await written(
    "args.pth.tar",
    encodeTorchFile(
      new Map<string, TorchValue>([
        ["state_dict", weights(1)],
        ["args", args],
      ]),
    ),
  );
  expect((await readWeightsFile(path)).torch?.args).toEqual(args);
  expect((await readWeightsFile(golden("timm.pth.tar"))).torch?.args).toBeInstanceOf(TorchNamespace);
});

test("a safetensors file is one, however it begins and whatever it is called", async () => {
  const tensors: SafeTensors = new Map([["w", { dtype: "F32", shape: [1], data: Float32Array.of(4) }]]);
  const bytes = encodeSafetensors(tensors, { format: "x".repeat(554) });
  // As a pickle of protocol 2.
  expect([...bytes.subarray(0, 2)]).toEqual([0x80, 2]);
  const file = await readWeightsFile(await written("safe.bin", bytes));
  expect([numbersOf(file), file.torch]).toEqual([{ w: 4 }, undefined]);
});

test.each<[string, TorchValue, string]>([
  ["a list", [1], "it must hold tensors by name, got a list"],
  [
    "a tensor",
    weights(1) instanceof Map ? ((weights(1) as ReadonlyMap<string, TorchValue>).get("w") ?? null) : null,
    "it must hold tensors by name, got a tensor",
  ],
  ["nothing", new Map(), "it must hold tensors by name, got none"],
  [
    "other entries",
    new Map<string, TorchValue>([
      ["epoch", 3],
      ["net", weights(1)],
    ]),
    'it must hold tensors by name, got a number as "epoch"',
  ],
  [
    "text in a state dict",
    new Map([["state_dict", new Map([["a", "b"]])]]),
    'its state_dict must hold tensors by name, got text as "a"',
  ],
  ["a number as name", new Map([[1, weights(1)]]), 'it must hold tensors by name, got a dict as "1"'],
])("of a file of PyTorch, %s is refused", async (name, value, reason) => {
  const path = await written(`${name}.pth`, encodeTorchFile(value));
  await expect(readWeightsFile(path)).rejects.toThrow(new Error(`"${path}" is not read: ${reason}`));
});

test("a moving average alone is refused where plain weights are asked for", async () => {
  const path = await written("ema.pth", encodeTorchFile(new Map([["state_dict_ema", weights(1)]])));
  await expect(readWeightsFile(path, { average: false })).rejects.toThrow(
    `"${path}" is not read: it must hold plain weights, got a moving average alone`,
  );
});

test("a whole model is refused, and a file that is nothing of the kind", async () => {
  const module = golden("module.pth");
  await expect(readWeightsFile(module)).rejects.toThrow(
    `"${module}" is not read: it names torch.nn.modules.linear.Linear: a whole model was saved`,
  );
  const text = await written("text.pth", Buffer.from("404: Not Found"));
  await expect(readWeightsFile(text)).rejects.toThrow(
    "is damaged or not a file of PyTorch: it is neither a zip archive nor a pickle",
  );
  await expect(readWeightsFile("/nowhere/x.pth")).rejects.toThrow("ENOENT");
});
