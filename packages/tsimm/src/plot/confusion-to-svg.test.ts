import { describe, expect, test } from "vitest";
import { type ConfusionMatrix, confusionToSvg } from "./confusion-to-svg.ts";
import { svgToPng } from "./svg-to-png.ts";

/** Most images are right, the others one of the next classes. */
function matrix(classNames: readonly string[]): ConfusionMatrix {
  const size = classNames.length;
  const counts = new Array<number>(size * size).fill(0);
  for (let row = 0; row < size; row++) {
    counts[row * size + row] = 20 + (row % 7);
    counts[row * size + ((row + 1) % size)] = (counts[row * size + ((row + 1) % size)] ?? 0) + (row % 3);
    counts[row * size + ((row * 5 + 2) % size)] = (counts[row * size + ((row * 5 + 2) % size)] ?? 0) + 1;
  }
  return { classNames, counts };
}

const numbered = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name} ${i}`);
const figures: Readonly<Record<string, ConfusionMatrix>> = {
  "confusion-of-2": { classNames: ["cat", "dog"], counts: [47, 3, 0, 12345] },
  "confusion-of-20": matrix(numbered(20, "a species with a long name, number")),
  "confusion-of-100": matrix(numbered(100, "class")),
  "confusion-with-markup": {
    classNames: ["<script>alert(1)</script>", 'a "b" & \u001b[31m', "never"],
    counts: [3, 1, 0, 0, 2, 0, 0, 0, 0],
  },
};

describe("confusionToSvg", () => {
  test.each(Object.entries(figures))("draws %s as before", async (name, one) => {
    await expect(confusionToSvg(one)).toMatchFileSnapshot(`figures/${name}.svg`);
  });

  test.each(Object.entries(figures))("is a document that renders: %s", async (_, one) => {
    expect((await svgToPng(confusionToSvg(one), 0.5)).subarray(1, 4).toString()).toBe("PNG");
  });

  test("names are text, never markup", () => {
    const svg = confusionToSvg(figures["confusion-with-markup"] ?? matrix(["a"]), { title: "<b>" });
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;: 3 of 4 images as");
  });

  test("of very many classes only those cells are drawn that hold images", () => {
    const svg = confusionToSvg(matrix(numbered(1000, "class")));
    expect(svg.length).toBeLessThan(600_000);
    expect(svg).not.toContain(">class 5</text>");
  });

  test.each([
    [{ classNames: [], counts: [] }, "classNames must hold at least one name, got none"],
    [{ classNames: ["a", "b"], counts: [1, 2, 3] }, "counts must hold 2 x 2 numbers, got 3"],
  ])("refuses %o", (one, message) => {
    expect(() => confusionToSvg(one)).toThrow(message);
  });
});
