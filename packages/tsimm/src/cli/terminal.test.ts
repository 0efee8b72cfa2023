import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { TrainingEvent } from "../train/events.ts";
import { terminalLog } from "./terminal.ts";

const metrics = [{ name: "loss", label: "loss", unit: "", better: "lower", panel: "loss" }] as const;

const started: TrainingEvent = {
  ...{ type: "runStarted", model: "net", task: "classification", epochs: 15, updatesPerEpoch: 62 },
  ...{ epoch: 0, update: 0, metrics, outputMetric: null, metric: metrics[0], history: [] },
  ...{ imagesPerUpdate: 32, validationImages: 0, valInterval: 1, logInterval: 50 },
};

const update = (index: number, seconds = 10): TrainingEvent => ({
  ...{ type: "updateDone", epoch: 0, epochs: 15, index, updatesPerEpoch: 62, update: index + 1 },
  ...{ loss: 2.3, meanLoss: 2.3, gradNorm: 1, lr: 0.01, images: 1000, seconds, waited: 0 },
});

const evaluated: TrainingEvent = {
  ...{ type: "batchEvaluated", epoch: 0, epochs: 15, weights: "plain", index: 2, batches: 4 },
  ...{ images: 10, seconds: 1, batch: { loss: 2 }, means: { loss: 2 } },
};

/** What a terminal of 160 columns is sent for these events. */
function shown(events: readonly TrainingEvent[]): string {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 160 });
  const log = terminalLog(stream as unknown as NodeJS.WriteStream);
  for (const event of [started, ...events]) log.show(event);
  log.close();
  return String(stream.read());
}

test("the bar shows the time that is left of the run, as soon as it is known", () => {
  expect(shown([update(0)])).not.toContain("left");
  const text = shown([update(0), update(1), update(2)]);
  expect(text).toContain("Train 0 (1/15)");
  expect(text).toContain("| 100 images/s | 2.6 h left");
});

test("the time left goes on to count down while validating", () => {
  const text = shown([update(0), update(1), update(2), evaluated]);
  expect(text).toContain("Test  0 (1/15)");
  expect(text.slice(text.lastIndexOf("Test  0 (1/15)"))).toContain("2.6 h left");
});

test("what is no terminal gets lines", () => {
  const stream = new PassThrough();
  const log = terminalLog(stream as unknown as NodeJS.WriteStream);
  log.show({ type: "message", text: "About 12 s an epoch" });
  log.show({ type: "warning", text: "too small" });
  expect(String(stream.read())).toBe("About 12 s an epoch\nWARNING: too small\n");
});

test("each message is one line without control characters, but for tabs", () => {
  const stream = new PassThrough();
  const log = terminalLog(Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream);
  log.show({ type: "message", text: "\t0: cat (12)" });
  log.line("a\u001b[2J\nEpoch 0 (1/1): loss 0");
  log.show({ type: "warning", text: "b\r\u202e" });
  expect(stream.read().toString()).toBe(
    "\t0: cat (12)\na\\x1b[2J\\nEpoch 0 (1/1): loss 0\nWARNING: b\\r\\u202e\n",
  );
});
