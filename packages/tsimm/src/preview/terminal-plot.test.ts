import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { type TerminalPlotOptions, type TerminalSeries, terminalPlot } from "./terminal-plot.ts";

const plot = (series: readonly TerminalSeries[], options: Partial<TerminalPlotOptions> = {}) =>
  terminalPlot(series, { title: "rate", xLabel: "epoch", width: 40, height: 9, ...options });
const series = (label: string, ...values: number[]) => ({ label, values: Float64Array.from(values) });
const step = series(
  "step",
  0.05,
  ...Array(9).fill(0.1),
  ...Array(10).fill(0.025),
  ...Array(10).fill(0.00625),
);

test("draws a curve between two axes", () => {
  expect(plot([step]).join("\n")).toMatchInlineSnapshot(`
    "rate
     0.1 ┤  ╭─────────╮
         │  │         │
         │  │         │
         │  │         │
    0.05 ┤──╯         │
         │            │
         │            ╰──────────╮
         │                       │
       0 ┤                       ╰──────────
         └┬───────────┬──────────┬──────────
          0           10         20   epoch"
  `);
});

test("draws several curves in different lines, the first on top, and names them", () => {
  const line = series("linear", ...Array.from({ length: 20 }, (_, t) => 0.1 * (1 - t / 20)));
  expect(plot([step, line]).join("\n")).toMatchInlineSnapshot(`
    "rate
     0.1 ┤━━╭─────────╮
         │  │┗━┓      │
         │  │  ┗━━┓   │
         │  │     ┗━━┓│
    0.05 ┤──╯        ┗│━┓
         │            │ ┗━┓
         │            ╰─────━────╮
         │                    ┗━┓│
       0 ┤                      ┗╰──────────
         └┬───────────┬──────────┬──────────
          0           10         20   epoch
          ── step   ━━ linear"
  `);
});

test("on a logarithmic axis equal factors are equal distances, and zeros are gaps", () => {
  const powers = series("", ...[0, -1, -2, -3, -4].flatMap((power) => Array(8).fill(10 ** power)), 0, 0);
  expect(plot([powers], { log: true }).join("\n")).toMatchInlineSnapshot(`
    "rate
         1 ┤───────╮
           │       │
           │       ╰─────╮
           │             │
      0.01 ┤             ╰─────╮
           │                   │
           │                   ╰─────╮
           │                         │
    0.0001 ┤                         ╰─────
           └┬───────────────┬───────────────
            0               20        epoch"
  `);
});

test("colours change nothing but the colours", () => {
  const coloured = plot([step, step], { color: true });
  expect(coloured.join("")).toContain("\u001b[34m");
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(plot([step, step]));
});

test.each([
  ["one value", [0.1]],
  ["only zeros", [0, 0, 0]],
  ["negative values", [-0.1, 0.1]],
  ["very many values", Array.from({ length: 200_000 }, (_, t) => t)],
])("%s fit", (_, values) => {
  for (const log of [false, true]) {
    const lines = plot([series("", ...[]), { label: "", values: Float64Array.from(values) }], { log });
    expect(lines).toHaveLength(13);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines.join("")).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test.each([
  ["spike", 0.02, 0.1, 6, [0, 1, 2, 3, 4, 5]],
  ["dip", 0.1, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]],
])("draws a %s of one update among a hundred thousand", (_, rate, other, flat, upright) => {
  const values = Array(100_000).fill(rate);
  values[50_001] = other;
  const rows = plot([series("", ...values)]).slice(1, 10);
  const column = 6 + Math.floor((50_001 / 100_000) * 34);
  expect(rows[flat]?.slice(6)).toBe("─".repeat(34));
  expect(rows.flatMap((row, i) => (row.charAt(column) === "│" ? [i] : []))).toEqual(upright);
});

test("draws an extreme of the last update", () => {
  const rows = plot([series("", ...Array(9999).fill(0.05), 0.1)]).slice(1, 10);
  expect(rows.map((row) => row.charAt(39))).toEqual(["│", "│", "│", "│", "─", "", "", "", ""]);
});

test("curves that lie on each other take turns", () => {
  const [top = ""] = plot([series("a", ...Array(30).fill(0.1)), series("b", ...Array(30).fill(0.1))]).slice(
    1,
  );
  expect(top).toMatch(/^ 0\.1 ┤(──━━){8}/);
});

test("draws sampled values where they stand", () => {
  const sampled = { label: "", values: Float64Array.of(0.1, 0.05, 0.1), times: [0, 500, 750], length: 1000 };
  const full = series("", ...Array(500).fill(0.1), ...Array(250).fill(0.05), ...Array(250).fill(0.1));
  expect(plot([sampled])).toEqual(plot([full]));
});

test("keys that do not fit in a line stand below each other", () => {
  const long = "step:warmup-epochs=5:dr=0.5";
  expect(plot([series(long, 1), series("cosine", 1)]).slice(-2)).toEqual([
    `     ── ${long}`,
    "     ━━ cosine",
  ]);
});

test("a curve begins at its first t", () => {
  const late = { ...series("late", 2, 1), times: [3, 5] };
  expect(plot([late], { height: 5 }).join("\n")).toMatchInlineSnapshot(`
    "rate
    2 ┤                   ────────────╮
      │                               │
      │                               ╰─────
      │
    0 ┤
      └┬────────────┬───────────┬───────────
       0            2           4     epoch"
  `);
});
