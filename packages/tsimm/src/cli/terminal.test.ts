import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Progress } from "../listeners/reporter.ts";
import { terminalReporter } from "./terminal.ts";

const progress: Progress = {
  ...{ phase: "train", epoch: 0, epochs: 15, done: 1, total: 62, loss: 2.3, lr: 0.01, imagesPerSecond: 100 },
  secondsLeft: null,
};

/** What a terminal of 160 columns is sent for these events. */
function shown(events: readonly Partial<Progress>[]): string {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 160 });
  const reporter = terminalReporter(stream as unknown as NodeJS.WriteStream);
  for (const event of events) reporter.progress({ ...progress, ...event });
  reporter.close();
  return String(stream.read());
}

test("the bar shows the time that is left of the run, as soon as it is known", () => {
  expect(shown([{}])).not.toContain("left");
  const text = shown([{}, { done: 62, secondsLeft: 9000 }]);
  expect(text).toContain("Train 1/15");
  expect(text).toContain("| 100 images/s | 2.5 h left");
});

test("the time left goes on to count down while validating", () => {
  const text = shown([
    { done: 62, secondsLeft: 9000 },
    { phase: "validate", done: 3, total: 4, lr: null },
  ]);
  expect(text).toContain("Test  1/15");
  expect(text.slice(text.lastIndexOf("Test  1/15"))).toContain("2.5 h left");
});

test("what is no terminal gets lines", () => {
  const stream = new PassThrough();
  const reporter = terminalReporter(stream as unknown as NodeJS.WriteStream);
  reporter.progress(progress);
  reporter.info("About 12 s an epoch");
  reporter.warn("too small");
  expect(String(stream.read())).toBe("About 12 s an epoch\nWARNING: too small\n");
});

test("each message is one line without control characters, but for tabs", () => {
  const stream = new PassThrough();
  const reporter = terminalReporter(Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream);
  reporter.info("\t0: cat (12)");
  reporter.interval("a\u001b[2J\nEpoch 1/1: loss 0");
  reporter.warn("b\r\u202e");
  expect(stream.read().toString()).toBe(
    "\t0: cat (12)\na\\x1b[2J\\nEpoch 1/1: loss 0\nWARNING: b\\r\\u202e\n",
  );
});
