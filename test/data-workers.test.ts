/** The loader with decoding threads, as it is built: Node starts no thread from a `.ts` file. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";

const dist = new URL("../packages/tsimm/dist/data/", import.meta.url).href;
let dataDir = "";

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tsimm-"));
  for (let i = 0; i < 40; i++) {
    const folder = join(dataDir, "train", i < 20 ? "a" : "b");
    await mkdir(folder, { recursive: true });
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const image = sharp({
      create: { width: 40 + i, height: 60 - i, channels: 3, noise, background: "black" },
    });
    await writeFile(join(folder, `${i}.png`), i === 7 ? "no image" : await image.png().toBuffer());
  }
});

afterAll(() => rm(dataDir, { recursive: true }));

/** Modules, and a loader of 40 images in 10 batches; `report` prints what {@link run} gives. */
const prelude = () => `
  import { openDataset } from "${dist}dataset.js";
  import { createLoader } from "${dist}loader.js";
  import { createDecodePool } from "${dist}decode-pool.js";
  const dataset = await openDataset({ dataDir: ${JSON.stringify(dataDir)}, split: "train" });
  const transform = { training: true, inputSize: [3, 24, 24] };
  const open = (options) => createLoader(dataset, { batchSize: 4, transform, ...options });
  const report = (value) => console.log(JSON.stringify(value));
`;

/** Runs a module to its end in a process of its own, and gives what it printed. */
async function run<T>(script: string): Promise<T> {
  const options = { timeout: 50_000 };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", prelude() + script],
    options,
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const hashes = `
  import { createHash } from "node:crypto";
  const results = [];
  for (const workers of [0, 1, 3]) {
    const warnings = [];
    const all = { ...transform, aa: "rand-m9-mstd0.5-n4-p0.9-t3aw", grayscaleProb: 0.1, gaussianBlurProb: 0.5 };
    const onWarning = (message) => warnings.push(message);
    const loader = open({ workers, onWarning, transform: all, augSplits: 2 });
    const hash = createHash("sha256");
    for (const [epoch, firstBatch] of [[0, 0], [1, 0], [2, 4]]) {
      for await (const { images, labels, indices } of loader.batches(epoch, firstBatch)) {
        hash.update(images).update(labels).update(indices);
      }
    }
    await loader.close();
    results.push({ hash: hash.digest("hex"), warnings });
  }
  report(results);
`;

test("the bytes and warnings are the same for any number of threads", async () => {
  const results = await run<{ hash: string; warnings: string[] }[]>(hashes);
  expect(results).toHaveLength(3);
  const path = join(dataDir, "train/a/7.png");
  const warnings = [`Skipped sample (index 7): ${path}: Input buffer contains unsupported image format`];
  expect(results).toEqual([0, 1, 3].map(() => ({ hash: results[0]?.hash, warnings })));
});

test("it works inside of a thread", async () => {
  const script = encodeURIComponent(prelude() + hashes);
  const inside = run(`
    import { Worker } from "node:worker_threads";
    new Worker(new URL("data:text/javascript,${script}"));
  `);
  expect(await inside).toEqual(await run(hashes));
});

test("three batches are decoded while the consumer's thread is blocked", async () => {
  const outcome = await run(`
    import { rmSync, cpSync } from "node:fs";
    cpSync(${JSON.stringify(dataDir)}, ${JSON.stringify(`${dataDir}-copy`)}, { recursive: true });
    const copy = await openDataset({ dataDir: ${JSON.stringify(`${dataDir}-copy`)}, split: "train" });
    const loader = createLoader(copy, { batchSize: 4, transform, workers: 2, maxBadImages: 0.025 });
    let batches = 0;
    try {
      for await (const batch of loader.batches(0)) {
        if (batches++ > 0) continue;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
        rmSync(${JSON.stringify(`${dataDir}-copy`)}, { recursive: true });
      }
    } catch (error) {
      report({ batches, error: error.message.replace(/got .*/, "") });
    }
    await loader.close();
  `);
  expect(outcome).toEqual({
    batches: 4,
    error: "Loader: at most 2.5 % of 40 images may be unreadable (maxBadImages), ",
  });
});

test("a pass that is left early keeps nothing alive, even without close", async () => {
  const outcome = await run(`
    for await (const { size } of open({ workers: 2 }).batches(0)) { report(size); break; }
  `);
  expect(outcome).toBe(4);
});

test("close ends the jobs that are not done, and can be called at once or twice", async () => {
  const outcome = await run(`
    const unused = open({ workers: 2 });
    await unused.close();
    const loader = open({ workers: 2 });
    const batches = loader.batches(0);
    await batches.next();
    const next = batches.next().then(() => "a batch", (error) => error.message);
    await Promise.all([loader.close(), loader.close()]);
    report([await next, await open({ pool: createDecodePool(0) }).close() ?? "closed"]);
  `);
  expect(outcome).toEqual(["DecodePool: decode must be called before close; make a new pool", "closed"]);
});

test("a thread that fails is an error for every job, and the pool can still be closed", async () => {
  const outcome = await run(`
    const pool = createDecodePool(2);
    const job = { transform: { training: true, inputSize: [5, 8, 8] }, seed: 0, epoch: 0, samples: [] };
    const message = (error) => error.message;
    const first = await pool.decode(job).catch(message);
    const second = await pool.decode({ ...job, transform }).catch(message);
    await pool.close();
    report([first, second]);
  `);
  const message =
    "DecodePool: trainingTransform: inputSize must be [channels, height, width] with 1 or 3 channels, got [5, 8, 8]";
  expect(outcome).toEqual([message, message]);
});
