/** A task for fine-tuning: weights trained on five classes of Fashion-MNIST, images of the other five. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  arrayLoader,
  classification,
  createLoader,
  createModel,
  createOptimizerV2,
  fashionMnistMini,
  openDataset,
  fit as trainLoop,
} from "tsimm";
import { keyedRandom, permutation } from "../../packages/tsimm/dist/random/keyed-random.js";

export const classes = 5;
const [mean, std] = [0.5, 0.25];

/** Normalised images [N, 3, S, S] of five classes, and their labels from 0. */
async function images(split, first, size) {
  const dataset = await openDataset({ dataDir: fashionMnistMini, split });
  const transform = { training: false, inputSize: [3, size, size], cropPct: 1 };
  const loader = createLoader(dataset, { batchSize: 64, transform, workers: 0 });
  const [all, labels] = [[], []];
  for await (const { images, labels: ids, size: count } of loader.batches(0)) {
    for (let i = 0; i < count; i++) {
      if (ids[i] < first || ids[i] >= first + classes) continue;
      labels.push(ids[i] - first);
      const pixels = images.subarray(i * size * size * 3, (i + 1) * size * size * 3);
      const planes = new Float32Array(pixels.length);
      for (let p = 0; p < size * size; p++) {
        for (let c = 0; c < 3; c++) planes[c * size * size + p] = (pixels[3 * p + c] / 255 - mean) / std;
      }
      all.push(planes);
    }
  }
  await loader.close();
  const joined = new Float32Array(all.length * 3 * size * size);
  for (const [i, planes] of all.entries()) joined.set(planes, i * planes.length);
  return { images: joined, labels: Int32Array.from(labels), shape: [all.length, 3, size, size] };
}

/**
 * Trains the start, and writes everything that the other side needs into a folder.
 *
 * @returns `weights`: name -> data; training and validation images; `order`: indices of each epoch.
 */
export async function makeTask(
  engine,
  { model: name, size, batchSize, startEpochs, epochs, threads, count },
) {
  const own = await images("train", 0, size);
  const start = createModel(name, { numClasses: classes, seed: 1 });
  const optimizer = createOptimizerV2(start, { opt: "sgd", lr: 0.05, momentum: 0.9, weightDecay: 1e-4 });
  const loader = arrayLoader({
    ...{ images: own.images, labels: own.labels, inputSize: [3, size, size], batchSize },
    training: true,
  });
  const outputNames = ["0", "1", "2", "3", "4"];
  if (startEpochs > 0) {
    await trainLoop({
      ...{ engine, model: start, optimizer, loader, epochs: startEpochs, threads },
      task: classification.create({ outputNames }),
    });
  }
  start.resetClassifier(classes);
  const [training, validation] = [
    await images("train", classes, size),
    await images("validation", classes, size),
  ];
  const few = Math.min(count, training.labels.length);
  const chosen = permutation(training.labels.length, keyedRandom(3, "shuffle", 0)).subarray(0, few);
  const pixels = 3 * size * size;
  const part = new Float32Array(few * pixels);
  for (const [i, index] of chosen.entries()) {
    part.set(training.images.subarray(index * pixels, (index + 1) * pixels), i * pixels);
  }
  const labels = Int32Array.from(chosen, (index) => training.labels[index]);
  const train = { images: part, labels, shape: [few, 3, size, size] };
  const order = Array.from({ length: epochs }, (_, epoch) =>
    permutation(few, keyedRandom(4, "shuffle", epoch)),
  );
  const weights = start.state.filter(({ data }) => data instanceof Float32Array);
  const folder = await mkdtemp(join(tmpdir(), "tsimm-fine-tuning-"));
  const bytes = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  await writeFile(join(folder, "weights.bin"), Buffer.concat(weights.map(({ data }) => bytes(data))));
  await writeFile(
    join(folder, "weights.json"),
    JSON.stringify(weights.map(({ name: key, shape }) => [key, shape])),
  );
  for (const [split, set] of Object.entries({ train, validation })) {
    await writeFile(join(folder, `${split}.json`), JSON.stringify(set.shape));
    await writeFile(join(folder, `${split}-images.bin`), bytes(set.images));
    await writeFile(join(folder, `${split}-labels.bin`), bytes(BigInt64Array.from(set.labels, BigInt)));
  }
  await writeFile(join(folder, "order.bin"), Buffer.concat(order.map((one) => bytes(Int32Array.from(one)))));
  return {
    folder,
    weights: new Map(weights.map(({ name: key, data }) => [key, data.slice()])),
    train,
    validation,
    order,
  };
}
