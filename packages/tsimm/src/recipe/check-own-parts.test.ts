import { expect, test } from "vitest";
import { memoryDataset } from "../data/memory-dataset.ts";
import { UsageError } from "../usage-error.ts";
import { train } from "./train.ts";

const images = [0, 1].map(() => ({ width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) }));
const training = memoryDataset({ images, labels: [0, 1], classNames: ["a", "b"] });
const turned = memoryDataset({ images, labels: [0, 1], classNames: ["b", "a"] });
const cure = "make it by memoryDataset or openDataset";

test.each<[object, Error]>([
  [
    { dataset: {} },
    new TypeError(
      `train: dataset.training must have classNames, samples and read, got undefined without them; ${cure}`,
    ),
  ],
  [
    { dataset: { training, valid: training } },
    new RangeError('train: dataset: option must be one of training, validation, got "valid"'),
  ],
  [
    { dataset: { training, validation: turned } },
    new RangeError(
      'train: dataset.validation must have the class names of dataset.training in their order, ["a","b"], got ["b","a"]',
    ),
  ],
  [
    { model: "resnet18" },
    new TypeError(
      "train: model must have a function forwardGraph, got string without it; make it by createModel",
    ),
  ],
])("case %#: own parts that do not fit are refused", async (options, error) => {
  await expect(train({}, options)).rejects.toThrow(error);
});

test("a data folder beside a data set is refused", async () => {
  await expect(train({ dataDir: "photos" }, { dataset: { training } })).rejects.toThrow(
    new UsageError('train: --data-dir must be absent beside a dataset, got "photos"; leave one of them out'),
  );
});
