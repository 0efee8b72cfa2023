import { schedulerNames } from "@tsimm/scheduler";
import fc from "fast-check";
import { type Flag, scheduleFlags } from "tsimm/plot";
import { describe, expect, test } from "vitest";
import { decodeState, encodeState } from "./address.ts";
import { defaultState } from "./default-settings.ts";
import type { CurveSettings, PlaygroundState, SettingValue } from "./settings.ts";

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());

function valuesOf({ type, choices, count = [1, 1000] }: Flag): fc.Arbitrary<SettingValue> {
  switch (type) {
    case "flag":
      return fc.boolean();
    case "int":
    case "float":
      return fc.option(number);
    case "ints":
    case "floats":
      return fc.option(fc.array(number, { minLength: 1, maxLength: Math.min(count[1], 9) }));
    default:
      return choices ? fc.constantFrom(...choices) : fc.constantFrom("loss", "top1");
  }
}

const rows = scheduleFlags().filter(([name]) => name !== "sched");
const argument = fc
  .constantFrom(...rows)
  .chain(([name, flag]) => valuesOf(flag).map((value) => [name, value] as const));
const args = fc
  .uniqueArray(argument, { selector: ([name]) => name, maxLength: 12 })
  .map((entries) => Object.fromEntries(entries));

const curve: fc.Arbitrary<CurveSettings> = fc.record({
  sched: fc.constantFrom(...schedulerNames()),
  args,
  groups: fc.array(fc.record({ lrScale: fc.double({ min: 0, max: 1e6, noNaN: true }) }), { maxLength: 4 }),
  metric: fc.option(fc.array(fc.oneof(number, fc.constant(0.5)), { maxLength: 40 })),
});

const states: fc.Arbitrary<PlaygroundState> = fc
  .record({
    curves: fc.array(curve, { minLength: 1, maxLength: 5 }),
    selected: fc.nat(4),
    updatesPerEpoch: fc.integer({ min: 1, max: 10_000_000 }),
    logScale: fc.boolean(),
  })
  .map((state) => ({ ...state, selected: state.selected % state.curves.length }));

describe("address", () => {
  test("reads as a query", () => {
    const state: PlaygroundState = {
      curves: [
        {
          sched: "step",
          args: { epochs: 90, decayRate: 0.5, warmupPrefix: true, lrNoise: [10, 40] },
          groups: [{ lrScale: 0.1 }, { lrScale: 0.01 }],
          metric: null,
        },
        { sched: "plateau", args: { minLr: 1e-6 }, groups: [], metric: [0.5, 0.75, 0.75, 0.75] },
      ],
      selected: 1,
      updatesPerEpoch: 391,
      logScale: true,
    };
    const hash =
      "#sched=step&lr-noise=10,40&warmup-prefix=true&epochs=90&decay-rate=.5&groups=.1,.01" +
      "&vs=plateau&min-lr=1e-6&metric=.5,.75*3&selected=1&updates-per-epoch=391&log-scale=true";
    expect(encodeState(state)).toBe(hash);
    expect(decodeState(hash)).toEqual(state);
    expect(encodeState(defaultState())).toBe("#sched=step");
  });

  test("brings back every state to the last bit", () => {
    fc.assert(
      fc.property(states, (state) => {
        const hash = encodeState(state);
        expect(decodeState(hash)).toEqual(state);
        expect(hash).toMatch(/^#[\w.,*&=%~!'()-]+$/);
      }),
      { numRuns: 150 },
    );
  });

  test("survives any text", () => {
    const words = fc.constantFrom(
      "sched=",
      "vs=",
      "&",
      "epochs=",
      "groups=",
      "metric=",
      "selected=",
      "%",
      "=",
      ",",
      "*",
    );
    const text = fc.array(
      fc.oneof(words, fc.string(), fc.constantFrom(...schedulerNames()), number.map(String)),
    );
    fc.assert(
      fc.property(text, (parts) => {
        const state = decodeState(`#${parts.join("")}`);
        if (state === null) return;
        expect(state.curves.length).toBeGreaterThan(0);
        expect(state.curves[state.selected]).toBeDefined();
        expect(decodeState(encodeState(state))).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });

  const [step] = defaultState().curves;
  test.each([
    ["nothing", "", null],
    ["no pair", "#hello", null],
    ["a name that no schedule has", "#sched=stpe&epochs=9", [{ ...step, args: { epochs: 9 } }]],
    ["a further one that there is not", "#sched=step&vs=nope&epochs=9", [step]],
    [
      "values of another kind",
      "#sched=step&epochs=many&warmup-prefix=1&lr-noise=a,b&decay-rate=1e999",
      [step],
    ],
    ["a list that is too long", "#sched=step&lr-noise=1,2,3", [step]],
    ["prototypes", "#sched=step&__proto__=1&constructor=1&to-string=1", [step]],
    ["broken escapes", "#sched=step&epochs=%E0%A4%A", [step]],
    ["a choice that there is not", "#sched=step&milestone-timing=keras&eval-metric=%22%3E%3Cscript", [step]],
    ["negative factors", "#sched=step&groups=-1", [step]],
    ["a metric that is endless", `#sched=step&metric=${"1*9999,".repeat(9)}1`, [step]],
    ["a text that is endless", `#sched=step&metric=${"1,".repeat(200_000)}1`, null],
    ["a curve that is not there", "#sched=step&selected=7&updates-per-epoch=0", [step]],
  ])("%s", (_, hash, curves) => {
    expect(decodeState(hash)).toEqual(curves && { ...defaultState(), curves });
    expect(Object.hasOwn(Object.prototype, "1")).toBe(false);
  });

  test("holds twelve curves", () => {
    const curves = Array.from(
      { length: 40 },
      () => step ?? { sched: "step", args: {}, groups: [], metric: null },
    );
    const hash = encodeState({ ...defaultState(), curves });
    expect(decodeState(hash)?.curves.length).toBe(12);
    expect(decodeState(`#sched=step${"&vs=cosine".repeat(40)}`)?.curves.length).toBe(12);
  });
});
