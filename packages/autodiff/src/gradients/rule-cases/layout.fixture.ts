/** Random applications of the operators in `layout/`. */
import fc from "fast-check";
import { int, ints, text } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Attributes, Tensor } from "../../graph/graph.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import { broadcastPair, type Case, kinked, linear, op, type Rules, shape, size } from "./case.fixture.ts";

/** Indices of one type or the other. */
function integers(shape: readonly number[], values: readonly number[], stream: fc.Stream<number>): Tensor {
  if (Number(stream.next().value) % 2 === 0) return int64(shape, values);
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}

const concatCases = fc
  .tuple(shape, fc.nat(3), fc.boolean(), fc.array(size, { minLength: 1, maxLength: 3 }))
  .map(([dims, at, negative, lengths]): Case => {
    const axis = at % dims.length;
    return {
      shapes: lengths.map((length) => dims.map((other, index) => (index === axis ? length : other))),
      apply: op("Concat", { axis: int(negative ? axis - dims.length : axis) }),
    };
  });

const reshapeCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) =>
      builder.op("Reshape", [x ?? null, builder.constant(int64([2], [-1, dims.at(-1) ?? 1]))]),
  }),
);

const transposeCases = shape.chain((dims) =>
  fc
    .shuffledSubarray([...dims.keys()], { minLength: dims.length })
    .map((perm): Case => ({ shapes: [dims], apply: op("Transpose", { perm: ints(...perm) }) })),
);

/** Elements from `start` to `end` by `step` along some axes, also counted from the end. */
const sliceCases = shape.chain((dims) =>
  fc
    .tuple(fc.subarray([...dims.keys()], { minLength: 1 }), fc.infiniteStream(fc.nat(0xffff)), fc.boolean())
    .map(([axes, stream, negative]): Case => {
      const draw = (count: number) => Number(stream.next().value) % count;
      const starts = axes.map((axis) => draw(dims[axis] ?? 1));
      const steps = axes.map(() => [1, 2, 3, -1, -2][draw(5)] ?? 1);
      const ends = axes.map((axis, index) => {
        const size = dims[axis] ?? 1;
        const start = starts[index] ?? 0;
        const forward = (steps[index] ?? 1) > 0;
        return forward ? start + 1 + draw(size - start) : start - 1 - draw(start + 1) - size;
      });
      const numbers = (builder: GraphBuilder, values: readonly number[]) =>
        builder.constant(int64([values.length], values));
      const wrap = (values: readonly number[]) =>
        negative ? values.map((value, index) => value - (dims[axes[index] ?? 0] ?? 1)) : values;
      return {
        shapes: [dims],
        apply: (builder, [x]) =>
          builder.op("Slice", [
            x ?? null,
            ...[wrap(starts), ends, axes, steps].map((values) => numbers(builder, values)),
          ]),
      };
    }),
);

const gatherCases = shape.chain((dims) =>
  fc
    .tuple(fc.nat(dims.length - 1), fc.array(size, { maxLength: 2 }), fc.infiniteStream(fc.nat(0xffff)))
    .map(([axis, indexShape, stream]): Case => {
      const length = dims[axis] ?? 1;
      const indices = Array.from(
        { length: elementCount(indexShape) },
        () => (Number(stream.next().value) % (2 * length)) - length,
      );
      return {
        shapes: [dims],
        apply: (builder, [x]) =>
          builder.op("Gather", [x ?? null, builder.constant(integers(indexShape, indices, stream))], {
            axis: int(axis),
          }),
      };
    }),
);

const gatherElementsCases = shape.chain((dims) =>
  fc
    .tuple(fc.nat(dims.length - 1), size, fc.infiniteStream(fc.nat(0xffff)))
    .map(([axis, count, stream]): Case => {
      const length = dims[axis] ?? 1;
      const taken = dims.map((whole, at) => (at === axis ? count : whole));
      const indices = Array.from({ length: elementCount(taken) }, () => Number(stream.next().value) % length);
      return {
        shapes: [dims],
        apply: (builder, [x]) =>
          builder.op("GatherElements", [x ?? null, builder.constant(integers(taken, indices, stream))], {
            axis: int(axis),
          }),
      };
    }),
);

/** Different positions along an axis. */
const scatterElementsCases = shape.chain((dims) =>
  fc
    .tuple(fc.nat(dims.length - 1), fc.infiniteStream(fc.nat(0xffff)), fc.boolean())
    .map(([axis, stream, add]): Case => {
      const length = dims[axis] ?? 1;
      const count = 1 + (Number(stream.next().value) % length);
      const first = Number(stream.next().value) % length;
      const taken = dims.map((whole, at) => (at === axis ? count : whole));
      const behind = elementCount(dims.slice(axis + 1));
      const indices = Array.from(
        { length: elementCount(taken) },
        (_, at) => ((first + (Math.floor(at / behind) % count)) % length) - (add ? length : 0),
      );
      return {
        shapes: [dims, taken],
        apply: (builder, [x, updates]) =>
          builder.op(
            "ScatterElements",
            [x ?? null, builder.constant(int64(taken, indices)), updates ?? null],
            { axis: int(axis), ...(add && { reduction: text("add") }) },
          ),
      };
    }),
);

/** Two slices that the first one or two axes name. */
const slices = fc.tuple(fc.tuple(fc.constant(3), size, size), fc.boolean()).map(([dims, deep]) => {
  const positions = [0, 2].flatMap((row) => (deep ? [row, (dims[1] ?? 1) - 1] : [row - 3]));
  const depth = deep ? 2 : 1;
  return { dims, indices: int64([2, depth], positions), taken: [2, ...dims.slice(depth)] };
});

const scatterNdCases = fc.tuple(slices, fc.boolean()).map(
  ([{ dims, indices, taken }, add]): Case => ({
    shapes: [dims, taken],
    apply: (builder, [x, updates]) =>
      builder.op(
        "ScatterND",
        [x ?? null, builder.constant(indices), updates ?? null],
        add ? { reduction: text("add") } : {},
      ),
  }),
);

const gatherNdCases = slices.map(
  ({ dims, indices }): Case => ({
    shapes: [dims],
    apply: (builder, [x]) => builder.op("GatherND", [x ?? null, builder.constant(indices)]),
  }),
);

const topKCases = shape.chain((dims) =>
  fc.tuple(fc.nat(dims.length - 1), fc.boolean(), fc.boolean()).chain(([axis, largest, negative]) =>
    fc.integer({ min: 1, max: dims[axis] ?? 1 }).map(
      (count): Case => ({
        shapes: [dims],
        apply(builder, [x]) {
          const k = builder.constant(int64([1], [count]));
          const [values] = builder.ops(
            "TopK",
            [x ?? null, k],
            { axis: int(negative ? axis - dims.length : axis), largest: int(largest ? 1 : 0) },
            2,
          );
          if (!values) throw new Error("TopK has values");
          return values;
        },
      }),
    ),
  ),
);

const triluCases = fc.tuple(size, size, size, fc.boolean(), fc.option(fc.integer({ min: -2, max: 2 }))).map(
  ([batch, rows, columns, upper, diagonal]): Case => ({
    shapes: [[batch, rows, columns]],
    apply: (builder, [x]) =>
      builder.op(
        "Trilu",
        [x ?? null, ...(diagonal === null ? [] : [builder.constant(int64([], [diagonal]))])],
        { upper: int(upper ? 1 : 0) },
      ),
  }),
);

/** Equal parts, of which the last may be smaller. */
const evenSplitCases = fc.tuple(size, fc.integer({ min: 5, max: 8 }), fc.constantFrom(2, 3)).map(
  ([rows, columns, count]): Case => ({
    shapes: [[rows, columns]],
    apply(builder, [x]) {
      const attributes = { axis: int(-1), num_outputs: int(count) };
      const parts = builder.ops("Split", [x ?? null], attributes, count);
      const scaled = parts.map((part, index) =>
        builder.op("Mul", [part, builder.constant(float32([], [index + 2]))]),
      );
      return builder.op("Concat", scaled.reverse(), { axis: int(-1) });
    },
  }),
);

/** Every part goes on with a factor of its own; one of them nowhere. */
const splitCases = shape.chain((dims) =>
  fc
    .tuple(fc.nat(dims.length - 1), fc.array(size, { minLength: 2, maxLength: 3 }), fc.boolean())
    .map(([axis, sizes, unused]): Case => {
      const total = sizes.reduce((sum, part) => sum + part, 0);
      return {
        shapes: [dims.map((whole, at) => (at === axis ? total : whole))],
        apply(builder, [x]) {
          const lengths = builder.constant(int64([sizes.length], sizes));
          const attributes = { axis: int(axis) };
          const parts = builder.ops("Split", [x ?? null, lengths], attributes, sizes.length);
          const scaled = parts
            .slice(unused ? 1 : 0)
            .map((part, index) => builder.op("Mul", [part, builder.constant(float32([], [index + 2]))]));
          return builder.op("Concat", scaled, attributes);
        },
      };
    }),
);

const padCases = fc.constantFrom("constant", "edge", "reflect", "wrap").chain((mode) =>
  fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 4 }).chain((dims) =>
    fc
      .array(fc.integer({ min: mode === "constant" ? -1 : 0, max: 1 }), {
        minLength: 2 * dims.length,
        maxLength: 2 * dims.length,
      })
      .map((drawn): Case => {
        const rank = dims.length;
        // Something stays of every axis.
        const pads = drawn.map((pixels, index) =>
          index >= rank && pixels + (drawn[index - rank] ?? 0) === -2 ? 0 : pixels,
        );
        // Along all axes; or along those of a list, the last first.
        const axes = rank % 2 === 0 ? [...dims.keys()].reverse() : undefined;
        return {
          shapes: [dims],
          apply: (builder, [x]) => {
            const widths = builder.constant(int64([2 * rank], pads));
            const listed = axes
              ? [
                  null,
                  builder.constant(
                    int64(
                      [rank],
                      axes.map((axis) => axis - rank),
                    ),
                  ),
                ]
              : [];
            return builder.op("Pad", [x ?? null, widths, ...listed], { mode: text(mode) });
          },
        };
      }),
  ),
);

const expandCases = broadcastPair.map(
  ([dims, other]): Case => ({
    shapes: [dims],
    apply: (builder, [x]) =>
      builder.op("Expand", [x ?? null, builder.constant(int64([other.length], other))]),
  }),
);

const tileCases = shape.chain((dims) =>
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: dims.length, maxLength: dims.length }).map(
    (repeats): Case => ({
      shapes: [dims],
      apply: (builder, [x]) =>
        builder.op("Tile", [x ?? null, builder.constant(int64([repeats.length], repeats))]),
    }),
  ),
);

/** Interpolation of the last two axes to other sizes, by sizes or by scales. */
const resizeCases = fc
  .record({
    dims: fc.tuple(size, size, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })),
    to: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    attributes: fc.oneof(
      fc.record({
        mode: fc.constant(text("nearest")),
        nearest_mode: fc.constantFrom("round_prefer_floor", "round_prefer_ceil", "floor", "ceil").map(text),
        coordinate_transformation_mode: fc.constantFrom("half_pixel", "asymmetric").map(text),
      }),
      fc.record({
        mode: fc.constantFrom("linear", "cubic").map(text),
        coordinate_transformation_mode: fc
          .constantFrom("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
          .map(text),
      }),
    ),
    scales: fc.boolean(),
  })
  .map(({ dims, to, attributes, scales }): Case => {
    const [batch, channels] = dims;
    return {
      shapes: [dims],
      apply(builder, [x]) {
        const target = scales
          ? [null, builder.constant(float32([4], [1, 1, 2, 1.5]))]
          : [null, null, builder.constant(int64([4], [batch, channels, ...to]))];
        return builder.op("Resize", [x ?? null, ...target], attributes);
      },
    };
  });

/** Blocks of 2 or 3 pixels. */
const blockCases = (type: string, modes: readonly Attributes[]) =>
  fc
    .tuple(fc.tuple(size, size, size, size), fc.constantFrom(2, 3), fc.constantFrom(...modes))
    .map(([[batch, channels, height, width], block, mode]): Case => {
      const deep = type === "DepthToSpace";
      return {
        shapes: [
          deep
            ? [batch, channels * block ** 2, height, width]
            : [batch, channels, height * block, width * block],
        ],
        apply: op(type, { blocksize: int(block), ...mode }),
      };
    });

/** An axis of size 1 in front and one behind. */
const squeezeCases = fc.tuple(shape, fc.boolean()).map(
  ([dims, all]): Case => ({
    shapes: [[1, ...dims, 1]],
    apply: (builder, [x]) =>
      builder.op("Squeeze", [x ?? null, ...(all ? [] : [builder.constant(int64([2], [0, -1]))])]),
  }),
);

const unsqueezeCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) => builder.op("Unsqueeze", [x ?? null, builder.constant(int64([2], [0, -1]))]),
  }),
);

/** Operator -> how it is checked. */
export const layoutRules: Rules = {
  Concat: [{ cases: concatCases, ...linear }],
  Flatten: [
    {
      cases: shape.map(
        (dims): Case => ({ shapes: [dims], apply: op("Flatten", { axis: int(dims.length >> 1) }) }),
      ),
      ...linear,
    },
  ],
  Reshape: [{ cases: reshapeCases, ...linear }],
  Transpose: [{ cases: transposeCases, ...linear }],
  DepthToSpace: [
    { cases: blockCases("DepthToSpace", [{}, { mode: text("DCR") }, { mode: text("CRD") }]), ...linear },
  ],
  Expand: [{ cases: expandCases, ...linear }],
  Gather: [{ cases: gatherCases, ...linear }],
  GatherElements: [{ cases: gatherElementsCases, ...linear }],
  GatherND: [{ cases: gatherNdCases, ...linear }],
  ScatterElements: [{ cases: scatterElementsCases, ...linear }],
  ScatterND: [{ cases: scatterNdCases, ...linear }],
  TopK: [{ cases: topKCases, ...kinked }],
  Trilu: [{ cases: triluCases, ...linear }],
  Pad: [{ cases: padCases, ...linear }],
  Resize: [{ cases: resizeCases, step: 1, tolerance: 1e-4 }],
  Slice: [{ cases: sliceCases, ...linear }],
  SpaceToDepth: [{ cases: blockCases("SpaceToDepth", [{}]), ...linear }],
  Split: [
    { cases: splitCases, ...linear },
    { cases: evenSplitCases, ...linear },
  ],
  Squeeze: [{ cases: squeezeCases, ...linear }],
  Tile: [{ cases: tileCases, ...linear }],
  Unsqueeze: [{ cases: unsqueezeCases, ...linear }],
};
