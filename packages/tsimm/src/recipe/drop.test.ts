/** Dropout and drop path in whole runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { writeTree } from "../data/file-tree.fixture.ts";
import type { Listener } from "../train/listener.ts";
import { train } from "./train.ts";

const side = 32;

/** Two classes of noisy PNGs. */
async function photos(): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const [at, label] of ["blue", "red"].entries()) {
    for (let index = 0; index < 8; index++) {
      const pixels = Uint8Array.from(
        { length: 3 * side * side },
        (_, i) => (i % 3 === 2 * (1 - at) ? 180 : 40) + ((i * 7 + index * 31) % 29),
      );
      const png = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer();
      for (const split of ["train", "val"]) files[`${split}/${label}/${index}.png`] = png;
    }
  }
  return writeTree(files);
}

const run = (dataDir: string, experiment: string) =>
  ({
    ...{ dataDir, experiment, output: join(dataDir, "runs"), model: "test_resnet", imgSize: side },
    ...{ batchSize: 4, workers: 0, epochs: 2, lr: 0.05, warmupEpochs: 0, gradAccumSteps: 2 },
    ...{ drop: 0.2, dropConnect: 0.3, threads: 1 },
  }) as const;

test("a run stopped in mid-epoch and resumed ends with the bytes of one never stopped", async () => {
  const dataDir = await photos();
  const warnings: string[] = [];
  const lines: string[] = [];
  const listener: Listener = {
    name: "log",
    on(event) {
      if (event.type === "message") lines.push(event.text);
      if (event.type === "warning") warnings.push(event.text);
    },
  };
  const whole = await train(run(dataDir, "whole"), { listeners: [listener] });
  expect(warnings).toContain("--drop-connect is the old name of --drop-path and acts as it");
  expect(lines).toContain(
    "Raised in the training loss, not in validation: label smoothing 0.1, augmentation, dropout 0.2, drop path",
  );
  expect(await readFile(join(whole.folder, "args.yaml"), "utf8")).toMatch(
    /^drop: 0\.2\ndrop_connect: 0\.3\ndrop_path: null$/m,
  );

  const stop = new AbortController();
  const first = await train(run(dataDir, "parts"), {
    signal: stop.signal,
    listeners: [
      {
        name: "stop",
        on(event) {
          if (event.type === "updateDone" && event.epoch === 1) stop.abort();
        },
      },
    ],
  });
  expect(first.interrupted).toBe(true);
  const parts = await train({ resume: first.folder, workers: 0 });
  const weights = (folder: string) => readFile(join(folder, "last.safetensors"));
  const tensors = (bytes: Buffer) => bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
  expect(tensors(await weights(parts.folder)).equals(tensors(await weights(whole.folder)))).toBe(true);
});
