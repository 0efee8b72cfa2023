/** Images in memory on decoding threads, as they are built: what is sent to them, and that nothing is taken away. */
import { createHash } from "node:crypto";
import { type Transferable, Worker } from "node:worker_threads";
import sharp from "sharp";
import type { Image, ImageDataset } from "tsimm";
import { afterEach, expect, test, vi } from "vitest";
import { createLoader, memoryDataset } from "../packages/tsimm/dist/index.js";

const count = 24;
const side = 20;

/** Noise, each image a view into one stretch of memory. */
function pixels(): Image[] {
  const size = side * side * 3;
  const all = new Uint8Array(count * size);
  for (let i = 0; i < all.length; i++) all[i] = (i * i * 31 + (i >> 3)) % 251;
  return Array.from({ length: count }, (_, i) => ({
    ...({ width: side, height: side, channels: 3 } as const),
    data: all.subarray(i * size, (i + 1) * size),
  }));
}

/** Image files, each a view into one stretch of memory. */
async function files(): Promise<Uint8Array[]> {
  const raw = { width: side, height: side, channels: 3 } as const;
  const pngs = await Promise.all(pixels().map(({ data }) => sharp(data, { raw }).png().toBuffer()));
  const all = Buffer.concat(pngs);
  let offset = 0;
  return pngs.map((png) => {
    offset += png.length;
    return all.subarray(offset - png.length, offset);
  });
}

const labelled = (images: readonly (Uint8Array | Image)[]): ImageDataset =>
  memoryDataset({ images, labels: images.map((_, i) => i % 2), classNames: ["even", "odd"] });

async function hash(dataset: ImageDataset, workers: number): Promise<string> {
  const transform = { training: true, inputSize: [3, 16, 16] } as const;
  const loader = createLoader(dataset, { batchSize: 8, workers, transform });
  const digest = createHash("sha256");
  for (const epoch of [0, 1]) {
    for await (const batch of loader.batches(epoch)) digest.update(batch.images).update(batch.indices);
  }
  await loader.close();
  return digest.digest("hex");
}

afterEach(() => {
  vi.restoreAllMocks();
});

test("files and pixels in memory give the same bytes on any number of threads, and stay as they are", async () => {
  const images = pixels();
  const before = images.map(({ data }) => Buffer.from(data).toString("hex"));
  const hashes = new Set<string>();
  for (const dataset of [labelled(images), labelled(await files())]) {
    for (const workers of [0, 1, 3]) hashes.add(await hash(dataset, workers));
  }
  expect(hashes.size).toBe(1);
  expect(images.map(({ data }) => Buffer.from(data).toString("hex"))).toEqual(before);
});

test("a view is sent without the rest of its memory; shared memory is not copied", async () => {
  const sent: { bytes: number; transferred: number }[] = [];
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (
    this: Worker,
    message: unknown,
    transfer?: readonly Transferable[],
  ) {
    const samples = isJob(message) ? message.job.samples : [];
    const bytes = samples.reduce((sum, { source }) => sum + source.data.buffer.byteLength, 0);
    sent.push({ bytes, transferred: transfer?.length ?? 0 });
    post.call(this, message, [...(transfer ?? [])]);
  });
  const images = pixels();
  await hash(labelled(images), 1);
  expect(sent[0]).toEqual({ bytes: 8 * side * side * 3, transferred: 8 });
  sent.length = 0;
  const shared = images.map((image) => {
    const data = new Uint8Array(new SharedArrayBuffer(image.data.length));
    data.set(image.data);
    return { ...image, data };
  });
  await hash(labelled(shared), 1);
  expect(sent[0]).toEqual({ bytes: 8 * side * side * 3, transferred: 0 });
});

interface SentJob {
  readonly job: { readonly samples: readonly { readonly source: Image }[] };
}

function isJob(message: unknown): message is SentJob {
  return typeof message === "object" && message !== null && "job" in message;
}
