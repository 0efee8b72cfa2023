/** Random applications of the operators in `window/`. */
import fc from "fast-check";
import { int, ints } from "../../graph/attributes.ts";
import type { Attributes } from "../../graph/graph.ts";
import { type Case, kinked, linear, op, type Rules, size } from "./case.fixture.ts";

/** Geometry of a sliding window that fits its image. */
const geometry = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    height: fc.integer({ min: 5, max: 9 }),
    width: fc.integer({ min: 5, max: 9 }),
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ kernel, strides, dilations, pads, ...rest }) => ({
    kernel,
    rest,
    attributes: {
      strides: { type: "ints" as const, value: strides },
      dilations: ints(...dilations),
      pads: ints(...pads),
    },
  }));

const convCases = fc
  .record({
    geometry,
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
  })
  .map(({ geometry: { kernel, attributes, rest }, groups, filters, bias }): Case => {
    const { batch, channels, height, width } = rest;
    const shapes = [
      [batch, channels * groups, height, width],
      [filters * groups, channels, ...kernel],
      ...(bias ? [[filters * groups]] : []),
    ];
    return { shapes, apply: op("Conv", { ...attributes, group: int(groups) }) };
  });

/** More filters than positions, where one product serves all images; and more than 64, where the filters come first. */
const manyFiltersCases = fc
  .record({
    sizes: fc.constantFrom([12, 5], [12, 4], [66, 9]),
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    side: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
  })
  .map(({ sizes: [filters = 0, pixels = 0], batch, channels, side, bias }): Case => {
    const pads = ints(side >> 1, side >> 1, side >> 1, side >> 1);
    const shapes = [
      [batch, channels, pixels, pixels],
      [filters, channels, side, side],
      ...(bias ? [[filters]] : []),
    ];
    return { shapes, apply: op("Conv", { pads }) };
  });

/** Depthwise, with filters of 3×3 taps and more, over small and large maps. */
const depthwiseCases = fc
  .record({
    geometry,
    kernel: fc.tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 3, max: 5 })),
    groups: fc.integer({ min: 1, max: 3 }),
    more: fc.constantFrom(4, 12),
  })
  .map(({ geometry: { attributes, rest }, kernel, groups, more }): Case => {
    const { batch, height, width } = rest;
    const shapes = [
      [batch, groups, height + more, width + more],
      [groups, 1, ...kernel],
    ];
    return { shapes, apply: op("Conv", { ...attributes, group: int(groups) }) };
  });

const convTransposeCases = fc
  .record({
    geometry,
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
    extra: fc.tuple(fc.nat(2), fc.nat(2)),
  })
  .map(({ geometry: { kernel, attributes, rest }, groups, filters, bias, extra }): Case => {
    const { batch, channels, height, width } = rest;
    const { strides } = attributes;
    // Output padding stays below the stride.
    const padding = extra.map((pixels, axis) => Math.min(pixels, (strides.value[axis] ?? 1) - 1));
    return {
      shapes: [
        [batch, channels * groups, height, width],
        [channels * groups, filters, ...kernel],
        ...(bias ? [[filters * groups]] : []),
      ],
      apply: op("ConvTranspose", { ...attributes, group: int(groups), output_padding: ints(...padding) }),
    };
  });

const poolCases = (type: string, more: fc.Arbitrary<Attributes>) =>
  fc.tuple(geometry, more).map(([{ kernel, attributes, rest }, given]): Case => {
    const { batch, channels, height, width } = rest;
    const [vertical, horizontal] = kernel;
    // Padding must stay below the window.
    const pads = ints(
      ...[vertical, horizontal, vertical, horizontal].map((length) => Math.floor(length / 2)),
    );
    const geometryAttributes = { kernel_shape: ints(...kernel), strides: attributes.strides, pads };
    return {
      shapes: [[batch, channels, height, width]],
      apply: op(type, { ...geometryAttributes, ...given }),
    };
  });

/** Operator -> how it is checked. */
export const windowRules: Rules = {
  AveragePool: [
    {
      cases: poolCases(
        "AveragePool",
        fc.constantFrom<Attributes[]>(
          {},
          { ceil_mode: int(1) },
          { count_include_pad: int(1) },
          { dilations: ints(2, 1) },
          { dilations: ints(1, 2), count_include_pad: int(1) },
        ),
      ),
      ...linear,
    },
  ],
  Conv: [
    { cases: convCases, ...linear },
    { cases: manyFiltersCases, ...linear },
    { cases: depthwiseCases, ...linear },
  ],
  ConvTranspose: [{ cases: convTransposeCases, ...linear }],
  GlobalAveragePool: [
    {
      cases: fc
        .tuple(size, size, size, size)
        .map((dims): Case => ({ shapes: [dims], apply: op("GlobalAveragePool") })),
      ...linear,
    },
  ],
  MaxPool: [
    {
      cases: poolCases(
        "MaxPool",
        fc.constantFrom<Attributes[]>({}, { ceil_mode: int(1) }, { dilations: ints(2, 1) }),
      ),
      ...kinked,
    },
  ],
  GlobalMaxPool: [
    {
      cases: fc
        .tuple(size, size, size, size)
        .map((dims): Case => ({ shapes: [dims], apply: op("GlobalMaxPool") })),
      ...kinked,
    },
  ],
};
