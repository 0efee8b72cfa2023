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
      0.1 ┤  ╭────────╮
          │  │        │
    0.075 ┤  │        │
          │  │        │
     0.05 ┤──╯        │
          │           │
    0.025 ┤           ╰──────────╮
          │                      │
        0 ┤                      ╰──────────
          └┬──────────┬──────────┬──────────
           0          10         20   epoch"
  `);
});

test("draws several curves in different lines, the first on top, and names them", () => {
  const line = series("linear", ...Array.from({ length: 20 }, (_, t) => 0.1 * (1 - t / 20)));
  expect(plot([step, line]).join("\n")).toMatchInlineSnapshot(`
    "rate
      0.1 ┤━━╭────────╮
          │  │┗━┓     │
    0.075 ┤  │  ┗━━┓  │
          │  │     ┗━┓│
     0.05 ┤──╯       ┗│━━┓
          │           │  ┗━┓
    0.025 ┤           ╰──────────╮
          │                   ┗━┓│
        0 ┤                     ┗╰──────────
          └┬──────────┬──────────┬──────────
           0          10         20   epoch
           ── step   ━━ linear"
  `);
});

test("on a logarithmic axis equal factors are equal distances, and zeros are gaps", () => {
  const powers = series("", ...[0, -1, -2, -3, -4].flatMap((power) => Array(8).fill(10 ** power)), 0, 0);
  expect(plot([powers], { log: true }).join("\n")).toMatchInlineSnapshot(`
    "rate
        1 ┤───────╮
          │       │
      0.1 ┤       ╰─────╮
          │             │
     0.01 ┤             ╰─────╮
          │                   │
    0.001 ┤                   ╰──────╮
          │                          │
     1e-4 ┤                          ╰─────
          └┬───────────────┬────────────────
           0               20         epoch"
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
