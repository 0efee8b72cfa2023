import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { timmArguments, timmSummary, viewOf } from "./run-view.fixture.ts";
import type { RunView } from "./run-view.ts";
import { type ScreenOptions, screenLines } from "./screen-lines.ts";

const SECOND = 1000;
const drawn = (view: RunView, options: Partial<ScreenOptions> = {}) =>
  screenLines(view, { width: 79, height: 23, now: 100 * SECOND, ...options });
const ends = [
  { done: 3, at: 80 * SECOND },
  { done: 4, at: 100 * SECOND },
];

test("a low terminal has loss and metric beside each other", () => {
  expect(drawn(viewOf(timmSummary(4), { ends }))).toEqual([
    "resnet18 · /runs/a",
    "4/10 epochs ██████████░░░░░░░░░░░░░░ 40 % | 2 min left | 20 s an epoch",
    "loss 1.00 | validation loss 1.20 | top-1 35.00 % | top-5 69.00 % | lr 1.000e-01",
    "best: top-1 35.00 % in epoch 3",
    "",
    "loss                                    top-1 (%)",
    "3 ┤━━━━━━━━━┓                           40 ┤",
    "  │         ┃                              │",
    "  │─────────╮                              │                          ╭───────",
    "  │         │                           30 ┤                 ╭────────╯",
    "2 ┤         │━━━━━━━━┓                     │                 │",
    "  │         ╰────────╮                     │         ╭───────╯",
    "  │                  │━━━━━━━━┓         20 ┤─────────╯",
    "  │                  ╰────────╮━━━━━━━     │",
    "1 ┤                           ╰───────     │",
    "  │                                     10 ┤",
    "  │                                        │",
    "  │                                        │",
    "0 ┤                                      0 ┤",
    "  └┬────────┬────────┬────────┬───────     └┬────────┬───────┬────────┬───────",
    "   0        1        2        3 epoch       0        1       2        3 epoch",
    "   ── training   ━━ validation",
  ]);
});

test("a small one has the numbers alone", () => {
  expect(drawn(viewOf(timmSummary(4), { ends }), { width: 30, height: 8 })).toEqual([
    "resnet18 · /runs/a",
    "4/10 epochs ███░░░░░ 40 %",
    "loss 1.00",
    "validation loss 1.20",
    "top-1 35.00 % | top-5 69.00 %",
    "lr 1.000e-01",
    "best: top-1 35.00 % in epoch 3",
  ]);
});

const titles = (lines: readonly string[]) =>
  lines.flatMap((line) => line.match(/^ *(loss|top-1 \(%\)|learning rate)( {9,}\S.*)?$/)?.[0] ?? []);

test.each<[string, number, number, readonly string[]]>([
  ["three above each other on a high one", 79, 49, ["loss", "top-1 (%)", "learning rate"]],
  ["two and one on a wide one", 139, 40, [`${"loss".padEnd(70)}top-1 (%)`, "learning rate"]],
  ["as many as find room on a narrow one", 59, 30, ["loss", "top-1 (%)"]],
  ["none on a flat one", 79, 14, []],
])("curves stand %s", (_, width, height, expected) => {
  expect(titles(drawn(viewOf(timmSummary(6)), { width, height }))).toEqual(expected);
});

test.each<[string, RunView, string]>([
  [
    "a run that has just begun",
    viewOf("", { ends: [] }),
    "0/10 epochs ░░░░░░░░░░░░░░░░░░░░░░░░ 0 % | no epoch is done yet",
  ],
  [
    "a run of which no more is known",
    viewOf(timmSummary(4), { saved: {}, ends }),
    "4 epochs | 20 s an epoch",
  ],
  [
    "a run that has gone on beyond its arguments",
    viewOf(timmSummary(4), { saved: { epochs: 2 } }),
    "4/2 epochs ████████████████████████ 100 %",
  ],
  [
    "a run that is done",
    viewOf(timmSummary(10), { ends: ends.map(({ done, at }) => ({ done: done + 6, at })) }),
    "10/10 epochs ████████████████████████ 100 % | 20 s an epoch",
  ],
  [
    "a run that was killed",
    viewOf(timmSummary(4), { ends, training: "killed" }),
    "4/10 epochs ██████████░░░░░░░░░░░░░░ 40 % | killed | 20 s an epoch",
  ],
  [
    "a run that was ended",
    viewOf(timmSummary(4), { ends, training: "ended" }),
    "4/10 epochs ██████████░░░░░░░░░░░░░░ 40 % | not training now | 20 s an epoch",
  ],
  [
    "a run of timm that says nothing any more",
    viewOf(timmSummary(4), { ends: ends.map(({ done, at }) => ({ done, at: at - 500 * SECOND })) }),
    "4/10 epochs █████████░░░░░░░░░░░░░░ 40 % | last epoch 8 min ago | 20 s an epoch",
  ],
  [
    "a run with a schedule that is longer than its epochs",
    viewOf(timmSummary(4), { saved: { ...timmArguments, sched: "cosine", cooldown_epochs: 6 } }),
    "4/16 epochs ██████░░░░░░░░░░░░░░░░░░ 25 %",
  ],
])("the bar of %s", (_, view, line) => {
  expect(drawn(view)[1]).toBe(line);
});

test("epochs without a validation, and losses that are no numbers", () => {
  const view = viewOf(`${timmSummary(1)}1,nan,,,,0.1\r\n`);
  expect(drawn(view, { height: 4 })).toEqual([
    ...["resnet18 · /runs/a", "2/10 epochs █████░░░░░░░░░░░░░░░░░░░ 20 %"],
    "loss nan | lr 1.000e-01 | best: top-1 20.00 % in epoch 0",
  ]);
  expect(drawn(viewOf("epoch,train_loss,lr\n0,2,1\n1,1,1\n2,3,1\n"), { height: 4 })[2]).toBe(
    "loss 3.00 | lr 1.000e+00 | best: training loss 1.00 in epoch 1",
  );
});

test("another metric, and a column of another program", () => {
  const text = "epoch,train_loss,eval_loss,eval_top1,wer_err\n0,3,3,10,0.5\n1,2,4,20,0.7\n";
  const best = (metric: string) => drawn(viewOf(text), { height: 4, metric }).at(-1);
  expect(best("loss")).toContain("best: validation loss 3.00 in epoch 0");
  expect(best("top1")).toContain("best: top-1 20.00 % in epoch 1");
  expect(best("train_loss")).toContain("best: training loss 2.00 in epoch 1");
  expect(best("wer_err")).toBe("best: wer_err 0.500 in epoch 0");
  expect(() => best("top")).toThrow(
    'watch: --metric must be one of loss, top1, train_loss, wer_err, got "top"; did you mean "top1"?',
  );
});

test("names of somebody else are shown, not obeyed", () => {
  const saved = { ...timmArguments, model: "\u001b[2Jnet\n" };
  const text = "epoch,eval_loss,eval_\u001b[31mred,lr\n0,1,2,3\n";
  const lines = drawn(viewOf(text, { saved, folder: "/runs/\u0007", problem: "bad \u001b[5m file" }), {
    height: 40,
  });
  expect(lines[0]).toBe("\\x1b[2Jnet\\n · /runs/\\x07");
  expect(lines).toContain("bad \\x1b[5m file");
  expect(lines).toContain("\\x1b[31mred");
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});

test("a long name of a metric fits", () => {
  const text = `epoch,eval_loss,eval_${"x".repeat(300)}\n0,1,2\n`;
  const lines = drawn(viewOf(text), { height: 60 });
  expect(Math.max(...lines.map((line) => line.length))).toBe(79);
});

test.each([
  ["-1e-300,1", "── training   ━━ validation"],
  ["-1.79769e308,1.79769e308", "── training"],
])("the names of curves beside long numbers (%s) are one line", (losses, names) => {
  const text = `epoch,train_loss,eval_loss\n0,${losses}\n`;
  const lines = drawn(viewOf(text), { width: 38, height: 18 });
  expect(lines.at(-1)?.trim()).toBe(names);
  expect(lines.length).toBeLessThanOrEqual(18);
});

test("every run fits every terminal", () => {
  const cell = fc.oneof(fc.double(), fc.constantFrom("nan", "", "-inf", "1e308", "-1e308"));
  const epoch = fc.tuple(fc.nat({ max: Number.MAX_SAFE_INTEGER - 1 }), cell, cell, cell, cell);
  const view = fc
    .record({
      rows: fc.array(epoch, { maxLength: 30 }),
      epochs: fc.nat(),
      folder: fc.string({ maxLength: 90 }),
    })
    .map(({ rows, epochs, folder }) => {
      const ordered = rows.toSorted(([a], [b]) => a - b).map((row) => row.join(","));
      const text = ["epoch,train_loss,eval_loss,eval_top1,lr", ...ordered, ""].join("\n");
      return viewOf(text, { folder, saved: { model: "net", epochs } });
    });
  const size = fc.record({
    width: fc.integer({ min: 20, max: 200 }),
    height: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(view, size, fc.boolean(), (run, { width, height }, color) => {
      const lines = drawn(run, { width, height, color }).map(stripVTControlCharacters);
      expect(lines.length).toBeLessThanOrEqual(height);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }),
    { numRuns: 30 },
  );
});
