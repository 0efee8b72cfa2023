import fc from "fast-check";
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
    const low = Number(BigInt.asUintN(32, BigInt(seed)));
    const generator = new TorchGenerator(low);
    const three = [generator.normal(), generator.normal(), generator.normal()];
    const uniform = new TorchGenerator(low).uniform();
    expect([seed, three, three[0], uniform]).toEqual([seed, randn3, randn, rand]);
  }
});

test("four generators seeded together draw what each would alone, whatever they drew before", () => {
  const four = TorchGenerator.four();
  const counts = fc.array(fc.nat(400), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.integer(), counts, (seed, draws) => {
      TorchGenerator.seedFour(four, seed);
      four.forEach((generator, i) => {
        const alone = new TorchGenerator(seed + i);
        for (let n = 0; n <= (draws[i] ?? 0); n++) expect(generator.normal()).toBe(alone.normal());
      });
    }),
  );
});
