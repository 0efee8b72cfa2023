import { expect, test } from "vitest";
import { alternatingDashes } from "./alternating-dashes.ts";

test("lines of one path take turns, others are whole", () => {
  expect(alternatingDashes(["a", "b", "a", "a"])).toEqual([
    { strokeDasharray: "10 20", strokeDashoffset: "0" },
    null,
    { strokeDasharray: "10 20", strokeDashoffset: "-10" },
    { strokeDasharray: "10 20", strokeDashoffset: "-20" },
  ]);
});
