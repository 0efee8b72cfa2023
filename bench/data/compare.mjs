/**
 * JPEG decoding and the training transform against Pillow with torchvision, in turns, one image after another. Time is
 * processor time, of all threads of a process: it hardly depends on what else runs. Build first: it runs what is in
 * `dist`.
 *
 *     node bench/data/compare.mjs [--rounds 15] [--tsimm <a checkout> ...] [--aa <policy> --timm <a checkout of timm>]
 *
 * With `--aa` the transform has that policy, and the peer is timm's own.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { pythonPeer } from "../python-peer.mjs";
import { makePhotos } from "./photos.mjs";

const here = new URL("../..", import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    tsimm: { type: "string", multiple: true },
    aa: { type: "string" },
    timm: { type: "string" },
  },
});
if (values.aa && !values.timm) throw new Error("--aa needs --timm, a checkout of timm");
const rounds = Number(values.rounds);
const kinds = ["decode", "transform", "both"];

sharp.concurrency(1);
const folder = await makePhotos(64);
try {
  const paths = await photoPaths(folder);
  const files = await Promise.all(paths.map((path) => readFile(path)));
  for (const size of [160, 224]) {
    const checkouts = values.tsimm ?? [here];
    const sides = await Promise.all(
      checkouts.map(async (checkout) => [checkout, await passes(checkout, files, size)]),
    );
    const script = values.aa ? "timm-peer.py" : "torchvision-peer.py";
    const policy = values.aa ? [values.timm, values.aa] : [];
    const peer = pythonPeer(new URL(script, import.meta.url), ...policy, size, ...paths);
    console.log(`500x375 to ${size} px${values.aa ? `, ${values.aa}` : ""}, against ${await peer.ready()}`);
    sides.push([
      values.aa ? "Pillow, timm" : "Pillow, torchvision",
      async (kind) => (await peer.ask(kind))[0],
    ]);
    await compare(sides);
    peer.close();
  }
} finally {
  await rm(folder, { recursive: true });
}

/** Prints images per second of each kind and side, and the ratio to the last side. */
async function compare(sides) {
  for (const kind of kinds) {
    const seconds = sides.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [i, [, pass]] of sides.entries()) {
        const time = await pass(kind);
        if (round > 0) seconds[i].push(time);
      }
    }
    const sorted = seconds.map((times) => times.toSorted((a, b) => a - b));
    const best = sorted.map(([least]) => least);
    const median = sorted.map((times) => times[Math.floor(times.length / 2)]);
    for (const [i, [name]] of sides.entries()) {
      const rates = [best, median].map((times) => {
        const ratio = (times.at(-1) / times[i]).toFixed(2);
        return `${String(Math.round(64 / times[i])).padStart(6)}/s (${ratio})`;
      });
      console.log(`${kind.padEnd(10)} best ${rates[0]}  median ${rates[1]}  ${name}`);
    }
  }
}

/** One pass over the files with the code of a checkout, in seconds of processor time. */
async function passes(checkout, files, size) {
  const dist = (path) => import(pathToFileURL(join(checkout, "packages/tsimm/dist", path)).href);
  const { decodeImage } = await dist("data/decode.js");
  const { createTransform } = await dist("data/transforms/transform.js");
  const { keyedRandom } = await dist("random/keyed-random.js");
  const policy = values.aa ? { aa: values.aa } : {};
  const transform = createTransform({ training: true, inputSize: [3, size, size], ...policy });
  const images = await Promise.all(files.map((bytes) => decodeImage(bytes, 3)));
  let key = 0;
  const random = () => keyedRandom(42, "augment", 0, key++);
  const each = {
    decode: (i) => decodeImage(files[i], 3),
    transform: (i) => transform(images[i], random()),
    both: async (i) => transform(await decodeImage(files[i], 3), random()),
  };
  return async (kind) => {
    const start = process.cpuUsage();
    for (const i of files.keys()) await each[kind](i);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}

async function photoPaths(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".jpg")).map((name) => join(folder, name));
}
