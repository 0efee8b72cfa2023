/** What random cases of operators are made of. */
import fc from "fast-check";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Attributes, Value } from "../../graph/graph.ts";

/** One random application of an operator. */
export interface Case {
  /** Of the graph; absent: 21. */
  readonly opset?: number;
  /** Shapes of the inputs that are differentiated. */
  readonly shapes: readonly (readonly number[])[];
  /** Adds the operator. */
  apply(builder: GraphBuilder, inputs: Value[]): Value;
}

/** How an operator is differentiated numerically. */
export interface Precision {
  /** h. */
  readonly step: number;
  /** Relative to the largest sum of |dx v|. */
  readonly tolerance: number;
  /** Keeps elements apart, so that no maximum and no kink lies between x - h v and x + h v. */
  readonly separated?: boolean;
}

/** Random applications of one operator. */
export interface Rule extends Precision {
  readonly cases: fc.Arbitrary<Case>;
}

/** By operator. */
export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** Length of an axis. */
export const size: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 });
/** One to four axes. */
export const shape: fc.Arbitrary<number[]> = fc.array(size, { minLength: 1, maxLength: 4 });
/** Linear in each input: differenced with h = 1, where the quotient has no error of its own. */
export const linear: Precision = { step: 1, tolerance: 1e-5 };
/** Curved, but gently. */
export const smooth: Precision = { step: 1e-2, tolerance: 2e-3 };
/** In pieces that are at most quadratic, where the central difference is exact. */
export const kinked: Precision = { step: 2 ** -5, tolerance: 1e-4, separated: true };

/** Applies an operator to all inputs. */
export const op =
  (type: string, attributes: Attributes = {}): Case["apply"] =>
  (builder, inputs) =>
    builder.op(type, inputs, attributes);

/** An operator of one input. */
export const unary = (
  type: string,
  attributes: fc.Arbitrary<Attributes> = fc.constant({}),
): fc.Arbitrary<Case> =>
  fc.tuple(shape, attributes).map(([dims, given]): Case => ({ shapes: [dims], apply: op(type, given) }));

/** Two shapes that broadcast: axes of size 1 and missing leading axes on either side. */
export const broadcastPair: fc.Arbitrary<[number[], number[]]> = shape.chain((dims) =>
  fc
    .array(fc.constantFrom("both", "left", "right"), { minLength: dims.length, maxLength: dims.length })
    .chain((sides) =>
      fc.tuple(fc.nat(dims.length), fc.boolean()).map(([dropped, fromLeft]): [number[], number[]] => {
        const left = dims.map((length, axis) => (sides[axis] === "right" ? 1 : length));
        const right = dims.map((length, axis) => (sides[axis] === "left" ? 1 : length));
        return fromLeft ? [left.slice(dropped), right] : [left, right.slice(dropped)];
      }),
    ),
);

/** An operator of two inputs that broadcast. */
export const binary = (type: string): fc.Arbitrary<Case> =>
  broadcastPair.map((shapes): Case => ({ shapes, apply: op(type) }));
