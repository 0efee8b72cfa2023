import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { terminalReporter } from "./terminal.ts";

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
