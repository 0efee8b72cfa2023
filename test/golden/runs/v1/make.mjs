/**
 * Writes the states beside it: `node make.mjs <packages/tsimm/dist/cli/main.js>`, of a build of commit
 * c219ce8b58d64f1c5e26f2fb1927fdf0212db575, the last one that wrote version 1.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";

const [main] = process.argv.slice(2);
const cases = JSON.parse(await readFile(new URL("cases.json", import.meta.url), "utf8"));
const cwd = await mkdtemp(join(tmpdir(), "tsimm-v1-"));
for (const [split, images] of [
  ["train", 5],
  ["val", 2],
]) {
  for (const [name, background] of Object.entries({ blue: "#00f", green: "#0f0", red: "#f00", white: "#fff" })) {
    await mkdir(join(cwd, "photos", split, name), { recursive: true });
    for (let image = 0; image < images; image++) {
      await sharp({ create: { width: 40, height: 36, channels: 3, background } })
        .png()
        .toFile(join(cwd, "photos", split, name, `${image}.png`));
    }
  }
}

/** Runs until the first checkpoint in the middle of epoch 1; returns its name. */
function start(words) {
  const child = spawn(process.execPath, [resolve(main), ...words], { cwd });
  let log = "";
  child.stderr.on("data", (piece) => {
    log += piece;
    if (/Recovery checkpoint: recovery-1-\d+\n/.test(log)) child.kill("SIGKILL");
  });
  return new Promise((done) => {
    child.on("close", () => done(/Recovery checkpoint: (recovery-1-\d+)\n/.exec(log)?.[1]));
  });
}

const SMALL = "train photos --model test_resnet --img-size 32 -b 5 -j 1 --threads 1 --warmup-epochs 0 --epochs 3";
for (const [name, flags] of Object.entries(cases)) {
  const role = await start([
    ...SMALL.split(" "),
    ...["--recovery-interval", "1", "--output", "out", "--experiment", name, ...flags],
  ]);
  const bytes = await readFile(join(cwd, "out", name, `${role}.resume.safetensors`));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0))));
  const text = header.__metadata__.tsimm.replaceAll(cwd, "");
  await writeFile(new URL(`${name}.state.json`, import.meta.url), `${text}\n`);
}
await rm(cwd, { recursive: true });
