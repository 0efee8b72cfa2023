import { truncate } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { DecodedBatch } from "./batch.ts";
import { type ImageDataset, openDataset } from "./dataset.ts";
import { decodeImage } from "./decode.ts";
import { createDecodePool } from "./decode-pool.ts";
import { type FileTree, writeTree } from "./file-tree.fixture.ts";
import { bytesOf, fileOf } from "./image-bytes.fixture.ts";
import { createLoader, type LoaderOptions } from "./loader.ts";
import { memoryDataset } from "./memory-dataset.ts";

/** Images of 4×4 pixels: image i has the level 10·i, and the even ones are class `a`. */
async function dataset(count: number, broken: readonly number[] = []): Promise<ImageDataset> {
  const tree: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const png = sharp({
      create: { width: 4, height: 4, channels: 3, background: { r: 10 * i, g: 0, b: 0 } },
    });
    const bytes = await png.png().toBuffer();
    tree[`train/${i < count / 2 ? "a" : "b"}/${i}.png`] = broken.includes(i) ? bytes.subarray(8) : bytes;
  }
  return openDataset({ dataDir: await writeTree(tree satisfies FileTree), split: "train" });
}

const evaluation = { training: false, inputSize: [3, 2, 2], cropPct: 1 } as const;
const training = { training: true, inputSize: [3, 6, 6], colorJitter: 0.1 } as const;
const inOrder: LoaderOptions = { batchSize: 4, transform: evaluation, workers: 0 };
const shuffled: LoaderOptions = { batchSize: 4, transform: training, workers: 0 };

async function collect(images: ImageDataset, options: LoaderOptions, epoch = 0, firstBatch = 0) {
  const loader = createLoader(images, options);
  const batches: DecodedBatch[] = [];
  for await (const batch of loader.batches(epoch, firstBatch)) batches.push(batch);
  await loader.close();
  return batches;
}

const indices = (batches: readonly DecodedBatch[]) => batches.map((batch) => [...batch.indices]);
const bytes = (batches: readonly DecodedBatch[]) =>
  batches.map((batch) => Buffer.from(batch.images).toString("hex"));

test("evaluation takes the samples in order and keeps the last partial batch", async () => {
  const images = await dataset(10);
  const batches = await collect(images, inOrder);
  expect(indices(batches)).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
  expect(batches.map(({ size }) => size)).toEqual([4, 4, 2]);
  expect(batches.map(({ labels }) => [...labels])).toEqual([
    [0, 0, 0, 0],
    [0, 1, 1, 1],
    [1, 1],
  ]);
  const levels = batches.flatMap((batch) => [...batch.images].filter((_, i) => i % 12 === 0));
  expect(levels).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(batches[2]?.images).toHaveLength(2 * 2 * 2 * 3);
  expect(createLoader(images, inOrder)).toMatchObject({ length: 3, samples: 10 });
});

test("training shuffles in each epoch and drops the last partial batch", async () => {
  const images = await dataset(10);
  expect(createLoader(images, shuffled)).toMatchObject({ length: 2, samples: 8 });
  const [first, second] = [await collect(images, shuffled, 0), await collect(images, shuffled, 1)];
  for (const batches of [first, second]) {
    expect(batches).toHaveLength(2);
    expect(new Set(indices(batches).flat()).size).toBe(8);
    for (const batch of batches) {
      expect([...batch.labels]).toEqual([...batch.indices].map((index) => (index < 5 ? 0 : 1)));
    }
  }
  expect(indices(first)).not.toEqual(indices(second));
});

test("the bytes depend on seed and epoch alone", async () => {
  const images = await dataset(10);
  const once = bytes(await collect(images, shuffled, 3));
  expect(bytes(await collect(images, shuffled, 3))).toEqual(once);
  expect(bytes(await collect(images, { ...shuffled, seed: 43 }, 3))).not.toEqual(once);
  expect(bytes(await collect(images, shuffled, 4))).not.toEqual(once);
});

test("a pass can begin in the midst of an epoch", async () => {
  const images = await dataset(14);
  const whole = bytes(await collect(images, shuffled, 5));
  expect(bytes(await collect(images, shuffled, 5, 1))).toEqual(whole.slice(1));
  expect(await collect(images, shuffled, 5, 3)).toEqual([]);
});

test("one channel gives batches of luminance", async () => {
  const [batch] = await collect(await dataset(4), {
    ...inOrder,
    transform: { ...evaluation, inputSize: [1, 1, 1] },
  });
  // 0.299 of the red level.
  expect([...(batch?.images ?? [])]).toEqual([0, 3, 6, 9]);
});

test("evaluation leaves unreadable images out, and names each once", async () => {
  const images = await dataset(12, [1, 2, 7, 8, 9, 10, 11]);
  const whole = await collect(await dataset(12), inOrder);
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const loader = createLoader(images, { ...inOrder, maxBadImages: 0.6, onWarning });
  for (const _epoch of [0, 1]) {
    const batches: DecodedBatch[] = [];
    for await (const batch of loader.batches(0)) batches.push(batch);
    // Nothing of the third batch can be read.
    expect(indices(batches)).toEqual([
      [0, 3],
      [4, 5, 6],
    ]);
    expect(batches.map(({ size }) => size)).toEqual([2, 3]);
    expect(batches.map(({ labels }) => [...labels])).toEqual([
      [0, 0],
      [0, 0, 1],
    ]);
    const readable = [0, 3, 4, 5, 6].map((index) => bytes(whole)[index >> 2]?.substr((index % 4) * 24, 24));
    expect(bytes(batches).join("")).toBe(readable.join(""));
  }
  const warning = (index: number) =>
    `Skipped sample (index ${index}): ${images.samples[index]?.path}: Input buffer contains unsupported image format`;
  expect(warnings).toEqual([1, 2, 7, 8, 9, 10, 11].map(warning));
});

test("in training the next readable image stands for an unreadable one", async () => {
  const whole = await collect(await dataset(8), { ...shuffled, batchSize: 8 });
  const replaced = await collect(await dataset(8, [1, 2, 7]), {
    ...shuffled,
    ...{ batchSize: 8, maxBadImages: 0.5 },
  });
  const stands = [0, 3, 3, 3, 4, 5, 6, 0];
  expect(indices(replaced)).toEqual(indices(whole).map((batch) => batch.map((index) => stands[index])));
  expect(replaced.map(({ labels }) => [...labels])).toEqual(
    indices(replaced).map((batch) => batch.map((index) => (index < 4 ? 0 : 1))),
  );
});

test("a replacement is augmented with the random numbers of the sample that it stands for", async () => {
  const options = { ...shuffled, batchSize: 8, maxBadImages: 0.5 };
  const loader = createLoader(await dataset(8, [3]), options);
  const passes: string[][] = [];
  for (const _pass of [0, 1]) {
    const batches: DecodedBatch[] = [];
    for await (const batch of loader.batches(2)) batches.push(batch);
    passes.push(bytes(batches));
    const taken = indices(batches).flat();
    const places = taken.flatMap((index, place) => (index === 4 ? [place] : []));
    expect(places).toHaveLength(2);
    const [one, other] = places.map((place) => batches[0]?.images.subarray(place * 108, (place + 1) * 108));
    expect(one).not.toEqual(other);
  }
  // The second pass knows the unreadable file before it decodes.
  expect(passes[1]).toEqual(passes[0]);
});

test("more unreadable images than allowed end the pass", async () => {
  const images = await dataset(8, [1, 5]);
  const pass = collect(images, { ...inOrder, maxBadImages: 0.125 });
  await expect(pass).rejects.toThrow(
    "Loader: at most 12.5 % of 8 images may be unreadable (maxBadImages), got 2, " +
      `the last ${images.samples[5]?.path}: Input buffer contains unsupported image format; repair or remove them`,
  );
});

test.each([
  // A handful, in small sets a fifth.
  [12, 0.05, 2],
  [12, 0.2, 2],
  [4, 0.05, 1],
  [40, 0.05, 4],
  [12, 0.5, 6],
  [12, 0, 0],
])("of %i images with a share of %d, %i may be unreadable", async (count, maxBadImages, allowed) => {
  const broken = Array.from({ length: allowed + 1 }, (_, i) => i);
  const pass = (indices: readonly number[]) =>
    dataset(count, indices).then((images) => collect(images, { ...inOrder, maxBadImages }));
  expect((await pass(broken.slice(1))).flatMap(({ size }) => size).reduce((a, b) => a + b)).toBe(
    count - allowed,
  );
  await expect(pass(broken)).rejects.toThrow(
    `Loader: at most ${100 * maxBadImages} % of ${count} images may be unreadable (maxBadImages), got ${allowed + 1}, `,
  );
});

test("twenty unreadable images in a row end a pass of training", async () => {
  const images = await dataset(
    25,
    Array.from({ length: 20 }, (_, i) => i + 2),
  );
  const pass = collect(images, { ...shuffled, maxBadImages: 1 });
  await expect(pass).rejects.toThrow(
    /^Loader: at most 19 images in a row may be unreadable, got 20 from .*\/2\.png on; check these files$/,
  );
});

test("files that are no whole image are unreadable, without a byte of them being read", async () => {
  const images = await dataset(6);
  const file = join(await writeTree({ "large.png": "" }), "large.png");
  await truncate(file, 2 ** 40);
  const sources = [
    { file },
    { file, range: { offset: 0, length: 2 ** 39 } },
    { file: "/dev/zero" },
    { file: "/proc/self/mem" },
  ];
  const others: ImageDataset = { ...images, source: (index) => sources[index] ?? fileOf(images, index) };
  const reasons: string[] = [];
  const onWarning = (message: string) => reasons.push(message.slice(message.indexOf(".png: ") + 6));
  const batches = await collect(others, { ...inOrder, maxBadImages: 0.7, onWarning });
  expect(indices(batches)).toEqual([[4, 5]]);
  expect(reasons.slice(0, 3)).toEqual([
    `"${file}" must have at most 268435456 bytes, got ${2 ** 40}`,
    `an image file must have at most 268435456 bytes, got ${2 ** 39}`,
    process.platform === "win32" ? expect.any(String) : '"/dev/zero" must be a regular file, got a device',
  ]);
});

test("names of unreadable images are shown without control characters", async () => {
  const images = await dataset(5);
  const samples = images.samples.map(({ label }) => ({ path: "a\u001b[2J\n/1.png", label }));
  const gone = { ...images, samples, source: () => ({ file: "no\u001b[2J\nfile" }) };
  const warnings: string[] = [];
  const pass = collect(gone, { ...inOrder, onWarning: (message) => warnings.push(message) });
  const shown = "a\\x1b[2J\\n/1.png: ENOENT: no such file or directory, open 'no\\x1b[2J";
  await expect(pass).rejects.toThrow(`got 2, the last ${shown}`);
  expect(warnings[0]).toContain(`Skipped sample (index 0): ${shown}`);
});

test("a file that is gone is an unreadable image", async () => {
  const images = await dataset(4);
  const warnings: string[] = [];
  const gone: ImageDataset = {
    ...images,
    source: (index) => (index === 1 ? { file: "no-such-file.png" } : fileOf(images, index)),
  };
  await collect(gone, { ...inOrder, maxBadImages: 0.5, onWarning: (message) => warnings.push(message) });
  expect(warnings).toEqual([
    `Skipped sample (index 1): ${images.samples[1]?.path}: ENOENT: no such file or directory, open 'no-such-file.png'`,
  ]);
});

test("small images are decoded once, large ones in each epoch", async () => {
  const images = await dataset(4);
  const reads: number[] = [];
  const large = await sharp({ create: { width: 4096, height: 1366, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  const file = join(await writeTree({ "large.png": large }), "large.png");
  const counted: ImageDataset = {
    ...images,
    source: (index) => ({
      get file() {
        reads.push(index);
        return index === 3 ? file : fileOf(images, index).file;
      },
    }),
  };
  const loader = createLoader(counted, inOrder);
  const passes: DecodedBatch[][] = [];
  for (const epoch of [0, 1]) {
    reads.length = 0;
    passes.push([]);
    for await (const batch of loader.batches(epoch)) passes[epoch]?.push(batch);
    expect(reads).toEqual(epoch === 0 ? [0, 1, 2, 3] : [3]);
  }
  expect(bytes(passes[1] ?? [])).toEqual(bytes(passes[0] ?? []));
});

/** The same images as bytes of files, and as pixels, without a file that a thread could read. */
async function withoutFiles(images: ImageDataset): Promise<readonly ImageDataset[]> {
  const { source: _, ...rest } = images;
  const files = await Promise.all([...images.samples.keys()].map((index) => bytesOf(images, index)));
  const pixels = await Promise.all(files.map((file) => decodeImage(file, 3)));
  return [
    { ...rest, read: (index) => files[index] ?? new Uint8Array() },
    { ...rest, read: async (index) => pixels[index] ?? new Uint8Array() },
  ];
}

test("images that are no files give the bytes of those that are, in color and in gray", async () => {
  const images = await dataset(10);
  for (const options of [inOrder, shuffled]) {
    for (const channels of [1, 3] as const) {
      const inputSize = [channels, 5, 5] as const;
      const sized = { ...options, transform: { ...options.transform, inputSize } };
      const once = await collect(images, sized, 1, 1);
      for (const own of await withoutFiles(images)) {
        const batches = await collect(own, sized, 1, 1);
        expect(bytes(batches)).toEqual(bytes(once));
        expect(indices(batches)).toEqual(indices(once));
      }
    }
  }
});

test("luminance in memory is decoded as a file of it would be", async () => {
  const gray = { width: 2, height: 1, channels: 1, data: Uint8Array.of(50, 50) } as const;
  const own = memoryDataset({ images: [gray, gray], labels: [0, 1], classNames: ["a", "b"] });
  const [batch] = await collect(own, { ...inOrder, transform: { ...evaluation, inputSize: [3, 1, 1] } });
  expect([...(batch?.images ?? [])]).toEqual([50, 50, 50, 50, 50, 50]);
});

test("labels that are lists come as one array of numbers", async () => {
  const [own] = await withoutFiles(await dataset(4));
  const samples = own?.samples.map(({ path }, index) => ({ path, label: [index, -index / 2] })) ?? [];
  const [batch] = await collect(
    { description: "", classNames: ["x", "y"], read: () => new Uint8Array(), ...own, samples },
    inOrder,
  );
  expect(batch?.labels).toEqual(Float32Array.of(0, -0, 1, -0.5, 2, -1, 3, -1.5));
});

test("a read that fails, or gives no image, is an unreadable image", async () => {
  const images = await dataset(8);
  const { source: _, ...rest } = images;
  const own: ImageDataset = {
    ...rest,
    read(index) {
      if (index === 1) throw new Error("no\nsignal");
      if (index === 2) return Promise.reject("timeout");
      if (index === 3) return { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2) };
      if (index === 4) return "4.png" as unknown as Uint8Array;
      return bytesOf(images, index);
    },
  };
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message.slice(message.indexOf(".png: ") + 6));
  const batches = await collect(own, { ...inOrder, maxBadImages: 0.5, onWarning });
  expect(indices(batches)).toEqual([[0], [5, 6, 7]]);
  expect(warnings).toEqual([
    "no signal",
    "timeout",
    "data of an image of 1 x 1 x 3 must be a Uint8Array of 3 bytes, got 2 bytes",
    "an image must be bytes of a file, or { width, height, channels, data }",
  ]);
});

test("small images of one's own are read once", async () => {
  const [own] = await withoutFiles(await dataset(4));
  const reads: number[] = [];
  const loader = createLoader(
    {
      ...{ description: "", classNames: ["a", "b"], samples: own?.samples ?? [] },
      read(index) {
        reads.push(index);
        return own?.read(index) ?? new Uint8Array();
      },
    },
    inOrder,
  );
  for (const epoch of [0, 1]) for await (const _ of loader.batches(epoch));
  expect(reads).toEqual([0, 1, 2, 3]);
});

test("balanced sampling draws classes equally often, and does not augment copies alike", async () => {
  const levels = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
  const image = { width: 4, height: 4, channels: 3, data: levels } as const;
  const own = memoryDataset({
    images: Array.from({ length: 64 }, () => image),
    labels: Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0)),
    classNames: ["many", "one"],
  });
  const options = { ...shuffled, batchSize: 64, sampling: "balanced" } as const;
  const batches = await collect(own, options, 2);
  const copies = indices(batches)
    .flat()
    .flatMap((index, place) => (index === 0 ? [place] : []));
  // Binomial, n = 64, p = 1/2: standard deviation 4.
  expect(Math.abs(copies.length - 32)).toBeLessThan(17);
  const cut = copies.map((place) => bytes(batches)[0]?.slice(216 * place, 216 * (place + 1)));
  expect(new Set(cut).size).toBe(copies.length);
  expect(bytes(await collect(own, options, 2))).toEqual(bytes(batches));
  expect(bytes(await collect(own, { ...options, batchSize: 16 }, 2, 3)).join("")).toBe(
    bytes(batches)[0]?.slice(48 * 216),
  );
});

test("a shared pool outlives its loaders, one's own does not", async () => {
  const images = await dataset(4);
  const pool = createDecodePool(0);
  expect(await collect(images, { ...inOrder, pool })).toHaveLength(1);
  expect(await collect(images, { ...inOrder, pool })).toHaveLength(1);
  await pool.close();
  await expect(collect(images, { ...inOrder, pool })).rejects.toThrow(
    "DecodePool: decode must be called before close; make a new pool",
  );
});

const bad: readonly [Partial<LoaderOptions>, string][] = [
  [
    { sampling: "balanced" },
    'createLoader: sampling must be absent in evaluation, got "balanced"; set transform.training to true or leave it out',
  ],
  [{ batchSize: 0 }, "createLoader: batchSize must be an integer >= 1, got 0"],
  [{ batchSize: 2.5 }, "createLoader: batchSize must be an integer >= 1, got 2.5"],
  [
    { batchSize: 5, transform: training },
    "createLoader: batchSize must be at most 4, the number of training images, got 5; " +
      "choose a smaller batch or add images",
  ],
  [{ maxBadImages: Number.NaN }, "createLoader: maxBadImages must be a number in [0, 1], got NaN"],
  [{ workers: -1 }, "createDecodePool: workers must be an integer >= 0, got -1"],
  [
    { transform: { training: false, inputSize: [3, 8, 8], cropPct: 2 } },
    "evaluationTransform: cropPct must be a number in (0, 1], got 2",
  ],
];

test.each(bad)("refuses %j", async (options, message) => {
  const images = await dataset(4);
  expect(() => createLoader(images, { ...inOrder, ...options })).toThrow(new RangeError(message));
});

test("refuses what is no data set", () => {
  for (const [dataset, missing] of [
    [null, "samples, classNames, read"],
    [{ samples: [], classNames: [] }, "read"],
  ] as const) {
    expect(() => createLoader(dataset as unknown as ImageDataset, inOrder)).toThrow(
      new TypeError(
        `createLoader: a data set must have description, classNames, samples and read, got none of ${missing}`,
      ),
    );
  }
});

test("augmentation splits give all clean images first, then all augmented ones", async () => {
  const images = await dataset(10, [4]);
  const transform = { ...training, aa: "rand-m9-n4-p1", hflip: 0.5 };
  const options = { ...shuffled, transform, augSplits: 3, maxBadImages: 0.5 };
  expect(createLoader(images, options)).toMatchObject({ batchSize: 12, length: 2, samples: 24 });
  const batches = await collect(images, options);
  const clean = await collect(images, {
    ...shuffled,
    transform: { ...transform, aa: "", colorJitter: 0 },
    maxBadImages: 0.5,
  });
  expect(batches.length).toBe(2);
  for (const [i, batch] of batches.entries()) {
    const [first = 0, ...rest] = batch.indices;
    expect(batch.size).toBe(12);
    expect([...batch.indices]).toEqual([1, 2, 3].flatMap(() => [first, ...rest.slice(0, 3)]));
    expect([...batch.labels]).toEqual([...batch.indices].map((index) => (index < 5 ? 0 : 1)));
    const third = batch.images.length / 3;
    const parts = [0, 1, 2].map((split) =>
      Buffer.from(batch.images.subarray(split * third, (split + 1) * third)),
    );
    expect(parts[0]).toEqual(Buffer.from(clean[i]?.images ?? []));
    expect(new Set(parts.map((part) => part.toString("hex"))).size).toBe(3);
  }
  expect(bytes(await collect(images, options))).toEqual(bytes(batches));
});

test("repeated augmentation shows each image again, otherwise augmented, and fewer of them", async () => {
  const images = await dataset(12);
  const transform = { ...training, scale: [0.1, 0.4] as const, colorJitter: 0.4 };
  const batches = await collect(images, { ...shuffled, transform, augRepeats: 3 });
  const shown = indices(batches).flat();
  expect(shown.map((index, i) => index === shown[i - (i % 3)])).toEqual(shown.map(() => true));
  expect(new Set(shown).size).toBe(4);
  const [first] = batches;
  const [a, b] = [0, 1].map((i) => Buffer.from(first?.images.subarray(i * 108, (i + 1) * 108) ?? []));
  expect(a).not.toEqual(b);
});

test.each<[Partial<LoaderOptions>, string]>([
  [{ augSplits: 1 }, "createLoader: augSplits must be 0 or an integer >= 2, got 1"],
  [
    { augSplits: 2, transform: evaluation },
    "createLoader: augSplits must be 0 without augmentation, got 2; leave it out",
  ],
  [
    { augSplits: 2, transform: { ...training, noAug: true } },
    "createLoader: augSplits must be 0 without augmentation, got 2; leave it out",
  ],
  [{ augRepeats: 0.5 }, "createLoader: augRepeats must be 0 or a number >= 1, got 0.5"],
  [{ augRepeats: Number.NaN }, "createLoader: augRepeats must be 0 or a number >= 1, got NaN"],
  [
    { augRepeats: 3, transform: evaluation },
    "createLoader: augRepeats must be 0 in evaluation, got 3; set transform.training to true or leave it out",
  ],
  [
    { augRepeats: 3, sampling: "balanced" },
    "createLoader: augRepeats must be 0 where sampling is balanced, got 3; leave one of them out",
  ],
])("a loader refuses %j", async (options, message) => {
  const images = await dataset(8);
  expect(() => createLoader(images, { ...shuffled, ...options })).toThrow(new RangeError(message));
});
