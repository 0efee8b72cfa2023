import { expect, test } from "vitest";
import { readGolden } from "../golden.fixture.ts";
import { TorchGenerator } from "./normal.ts";

interface Draw {
  seed: string;
  randn: number;
  randn3: number[];
  rand: number;
}

const { draws } = readGolden<{ draws: Draw[] }>("scheduler/torch_draws.json");

test("draws what torch.randn and torch.rand draw, for every printed seed", () => {
  expect(draws).toHaveLength(300);
  for (const { seed, randn, randn3, rand } of draws) {
    const generator = new TorchGenerator(Number(BigInt.asUintN(32, BigInt(seed))));
    const three = [generator.normal(), generator.normal(), generator.normal()];
    generator.seed(Number(BigInt.asUintN(32, BigInt(seed))));
    expect([seed, three, three[0], generator.uniform()]).toEqual([seed, randn3, randn, rand]);
  }
});

test("seeding drops the cached half of a pair", () => {
  const generator = new TorchGenerator(7);
  generator.normal();
  generator.seed(42);
  expect(generator.normal()).toBe(0.33669036626815796);
});
