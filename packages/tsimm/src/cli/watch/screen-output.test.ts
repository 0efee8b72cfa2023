import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { timmSummary, viewOf } from "./run-view.fixture.ts";
import { screenOutput } from "./screen-output.ts";
import { snapshotOutput } from "./snapshot-output.ts";

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

/** A terminal, what it is sent, and what is said beside it. */
function terminal(options: { metric?: string } = {}) {
  let sent = "";
  const said: string[] = [];
  const stream = {
    ...{ columns: 63, rows: 5 },
    hasColors: () => false,
    write(text: string) {
      sent += text;
      return true;
    },
  };
  const parts = { now: () => 0, info: (line: string) => said.push(line), metric: options.metric };
  const take = () => {
    const all = sent;
    sent = "";
    return all;
  };
  return { stream, said, take, output: screenOutput(stream, parts) };
}
const view = viewOf(timmSummary(2));
const LINES = [
  "resnet18 · /runs/a",
  "2/10 epochs █████░░░░░░░░░░░░░░░░░░░ 20 %",
  "loss 1.67 | validation loss 2.00 | top-1 25.00 %",
  "top-5 63.00 % | lr 1.000e-01 | best: top-1 25.00 % in epoch 1",
];

test("takes a screen of its own at the first state, and leaves the last one behind", () => {
  const { output, take, said } = terminal();
  output.say("waiting");
  expect(take()).toBe("");
  output.show(view);
  expect(take()).toBe(`${ENTER}\u001b[H${LINES.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`);
  output.close("All epochs are done");
  expect(take()).toBe(`${LEAVE}${LINES.map((line) => `${line}\n`).join("")}`);
  expect(said).toEqual(["waiting", "All epochs are done"]);
});

test("draws what has changed, and nothing where nothing has", () => {
  const { output, take } = terminal();
  output.show(view);
  take();
  output.show({ ...view });
  expect(take()).toBe("");
  output.show(viewOf(timmSummary(3)));
  expect(take().split("\r\n").slice(0, 2)).toEqual([
    "\u001b[Hresnet18 · /runs/a\u001b[K",
    "3/10 epochs ███████░░░░░░░░░░░░░░░░░ 30 %\u001b[K",
  ]);
});

test("fits the terminal's new size, and gives it to another program meanwhile", () => {
  const { output, stream, take } = terminal();
  output.redraw();
  expect(take()).toBe("");
  output.show(view);
  take();
  stream.columns = 32;
  output.redraw();
  expect(take()).toContain("2/10 epochs ███░░░░░░░░░░░ 20 %");
  output.suspend();
  output.suspend();
  expect(take()).toBe(LEAVE);
  output.redraw();
  expect(take().startsWith(ENTER)).toBe(true);
});

test("a terminal that tells no size has 80 columns and 24 lines", () => {
  const { output, stream, take } = terminal();
  Object.assign(stream, { columns: 0, rows: 0 });
  output.show(view);
  const lines = take().split("\r\n");
  expect([lines.length, lines[5]]).toEqual([22, expect.stringMatching(/^loss {36}top-1/)]);
});

test("a metric that is not there leaves the terminal as it was", () => {
  const { output, take } = terminal({ metric: "acc" });
  expect(() => output.show(view)).toThrow("watch: --metric must be one of loss, top1, top5, train_loss");
  output.close(null);
  expect(take()).toBe("");
});

test("a snapshot has all curves, without colours where there are none", () => {
  let sent = "";
  const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
  stream.on("data", (piece) => {
    sent += piece;
  });
  snapshotOutput(stream, { now: () => 0, info() {} }).show(view);
  expect(sent.match(/^(loss|top-1 \(%\)|learning rate)$/gm)).toHaveLength(3);
  Object.assign(stream, { isTTY: true, columns: 140, hasColors: () => true });
  sent = "";
  snapshotOutput(stream, { now: () => 0, info() {} }).show(view);
  expect(sent).toContain("\u001b[34m─");
  expect(sent).toMatch(/^loss +top-1 \(%\)$/m);
});
