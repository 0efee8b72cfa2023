/** Images per second of decoding, transforms and the loader. Build first: it runs what is in `dist`. */
import { rm } from "node:fs/promises";
import { Bench } from "tinybench";
import { openDataset } from "../../packages/tsimm/dist/data/dataset.js";
import { fashionMnistMini } from "../../packages/tsimm/dist/data/datasets/fashion-mnist-mini.js";
import { decodeImage } from "../../packages/tsimm/dist/data/decode.js";
import { createLoader } from "../../packages/tsimm/dist/data/loader.js";
import { createTransform } from "../../packages/tsimm/dist/data/transforms/transform.js";
import { keyedRandom } from "../../packages/tsimm/dist/random/keyed-random.js";
import { makePhotos } from "./photos.mjs";

const photos = await makePhotos(128);
try {
  const jpegs = await openDataset({ dataDir: photos, split: "train" });
  const pngs = await openDataset({ dataDir: fashionMnistMini, split: "train" });
  await oneThread(jpegs, "JPEG 500x375", 160);
  await oneThread(pngs, "PNG 28x28", 28);
  await loaders(jpegs, "JPEG 500x375", 160, 16);
  await loaders(pngs, "PNG 28x28", 28, 64);
} finally {
  await rm(photos, { recursive: true });
}

/** Decoding, then decoding and the training transform, one image after another. */
async function oneThread(dataset, name, size) {
  const transform = createTransform({ training: true, inputSize: [3, size, size] });
  const files = await Promise.all(Array.from({ length: 64 }, (_, i) => dataset.read(i)));
  const images = await Promise.all(files.map((bytes) => decodeImage(bytes, 3)));
  let next = 0;
  const random = () => keyedRandom(42, "augment", 0, next++);
  const bench = new Bench({ time: 3000 });
  bench.add(`${name}: decode`, () => decodeImage(files[next++ % 64], 3));
  bench.add(`${name}: training transform to ${size}`, () => {
    transform(images[next % 64], random());
  });
  bench.add(`${name}: both`, async () => {
    transform(await decodeImage(files[next % 64], 3), random());
  });
  await bench.run();
  for (const task of bench.tasks) print(task.name, 1, task.result.latency);
}

/** One pass of the loader, with nothing else to do; the first pass decodes, later ones may not have to. */
async function loaders(dataset, name, size, batchSize) {
  for (const workers of [0, 1, 2, 4]) {
    const options = { batchSize, workers, transform: { training: true, inputSize: [3, size, size] } };
    for (const [pass, iterations, first] of [
      ["first pass", 5, true],
      ["next passes", 8, false],
    ]) {
      let loader = createLoader(dataset, options);
      const consume = async () => {
        for await (const _ of loader.batches(0));
      };
      if (!first) await consume();
      const bench = new Bench({ time: 0, iterations, warmup: false });
      bench.add(`${name}: loader, ${workers} workers, ${pass}`, consume, {
        async beforeEach() {
          if (!first) return;
          await loader.close();
          loader = createLoader(dataset, options);
          for await (const _ of createFirstBatch(loader)) break;
        },
      });
      await bench.run();
      await loader.close();
      for (const task of bench.tasks) print(task.name, loader.samples, task.result.latency);
    }
  }
}

/** Starts the threads of a loader, which costs once a run, with its last batch. */
function createFirstBatch(loader) {
  return loader.batches(0, loader.length - 1);
}

function print(name, images, { min, p50 }) {
  const rate = (milliseconds) => Math.round((1000 * images) / milliseconds);
  console.log(
    `${name.padEnd(52)} median ${String(rate(p50)).padStart(6)}/s   best ${String(rate(min)).padStart(6)}/s`,
  );
}
