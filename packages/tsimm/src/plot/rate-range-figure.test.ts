import { expect, test } from "vitest";
import { figureToSvg } from "./figure-to-svg.ts";
import { rateRangeFigure } from "./rate-range-figure.ts";

const points = Array.from({ length: 40 }, (_, i) => {
  const power = -6 + i / 6;
  return {
    lr: 10 ** power,
    loss: 2 - Math.tanh(2 * (power + 2)) + (power > 0 ? 30 * power : 0.05 * Math.sin(7 * i)),
  };
});
const curve = points.map(({ loss }) => Math.min(loss, 4));

test("draws losses over a logarithmic rate as before, without those that explode", async () => {
  const svg = figureToSvg(rateRangeFigure({ points, curve, suggestion: 0.0104 }));
  await expect(svg).toMatchFileSnapshot("figures/rate-range.svg");
  expect(svg).toContain("Learning-rate range test: 0.01<");
});

test("without a suggestion there is no rule", () => {
  const { rules, title } = rateRangeFigure({ points, curve, suggestion: null });
  expect([rules, title]).toEqual([[], "Learning-rate range test"]);
});
