/**
 * Losses with options against PyTorch 1.13 in float64. Each row was printed by
 *
 *     import torch; import torch.nn.functional as F
 *     t = lambda v: torch.tensor(v, dtype=torch.float64)
 *     z, q, y = ...  # as below
 *     w, p = t([1, 0.5, 2, 3.5]), t([2, 1, 0.5, 4])
 *     x = t(z).requires_grad_(); l = <the row's expression>; l.backward(); print(l, x.grad)
 *
 * with bce = F.binary_cross_entropy_with_logits; `.sum(-1).mean()` is timm's `sum_classes`.
 */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { compile } from "../run-graph.fixture.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber, smoothL1 } from "./huber.ts";
import type { Loss } from "./loss.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const z = [1.5, -0.5, 0.25, -2, 0, 3, -1, 0.5, -4, 0.75, 2, 1];
const q = [0.9, 0, 0.1, 0, 0.25, 0.25, 0.25, 0.25, 0, 0, 0, 1];
/** Of the labels y = [0, 1, 3]. */
const hard = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
const w = [1, 0.5, 2, 3.5];
const p = [2, 1, 0.5, 4];

async function compiled(loss: Loss) {
  const builder = new GraphBuilder("loss");
  const logits = builder.input("z", "float32", [3, 4]);
  const target = builder.input("q", "float32", [3, 4]);
  const values = loss.build(builder, logits, target);
  builder.output(values.loss, "loss");
  if (values.gradient) builder.output(values.gradient, "d_z");
  return compile(builder.build());
}

const rows: readonly [string, Loss, readonly number[], number, readonly number[]][] = [
  [
    "F.cross_entropy(x, t(q), weight=w)",
    softmaxCrossEntropy({ classWeights: w }),
    q,
    3.70329156,
    [
      -0.04748126, 0.03417469, 0.00568116, 0.00762541, -0.05808314, 0.46549693, -0.15737764, -0.25003614,
      0.00174539, 0.20174003, 0.70414191, -0.90762734,
    ],
  ],
  [
    "F.cross_entropy(x, torch.tensor(y), weight=w)",
    softmaxCrossEntropy({ classWeights: w, normalize: "weights" }),
    hard,
    1.14203429,
    [
      -0.06226251, 0.01864074, 0.03946245, 0.00415931, 0.0043286, -0.01305767, 0.0015924, 0.00713666,
      0.00104724, 0.12104402, 0.42248514, -0.5445764,
    ],
  ],
  [
    "bce(x, t(q))",
    binaryCrossEntropy(),
    q,
    0.81272013,
    [
      -0.00686879, 0.03146172, 0.03851471, 0.00993358, 0.02083333, 0.05854784, 0.00157845, 0.03103828,
      0.00149885, 0.05659822, 0.07339976, -0.02241179,
    ],
  ],
  [
    'bce(x, t(q), reduction="none").sum(-1).mean()',
    binaryCrossEntropy({ sumClasses: true }),
    q,
    3.25088051,
    [
      -0.02747517, 0.12584689, 0.15405883, 0.03973431, 0.08333333, 0.23419138, 0.00631381, 0.12415311,
      0.0059954, 0.2263929, 0.29359903, -0.08964714,
    ],
  ],
  [
    "bce(x, t(q), pos_weight=t(2.0))",
    binaryCrossEntropy({ posWeight: 2 }),
    q,
    0.91141978,
    [
      -0.02055071, 0.03146172, 0.03486618, 0.00993358, 0.01041667, 0.0575598, -0.01365194, 0.02317285,
      0.00149885, 0.05659822, 0.07339976, -0.04482357,
    ],
  ],
  [
    'bce(x, t(q), pos_weight=p, weight=w, reduction="none").sum(-1).mean()',
    binaryCrossEntropy({ posWeight: p, classWeights: w, sumClasses: true }),
    q,
    6.33817296,
    [
      -0.08220283, 0.06292344, 0.32271178, 0.13907008, 0.04166667, 0.11709569, 0.07354916, 0.1041878,
      0.0059954, 0.11319645, 0.58719805, -1.25505997,
    ],
  ],
  [
    "bce(x, t(q), weight=w)",
    binaryCrossEntropy({ classWeights: w }),
    q,
    1.20934747,
    [
      -0.00686879, 0.01573086, 0.07702942, 0.03476752, 0.02083333, 0.02927392, 0.0031569, 0.10863397,
      0.00149885, 0.02829911, 0.14679951, -0.07844125,
    ],
  ],
  [
    "F.mse_loss(x, t(q))",
    meanSquaredError(),
    q,
    2.87041667,
    [
      0.1, -0.08333333, 0.025, -0.33333333, -0.04166667, 0.45833333, -0.20833333, 0.04166667, -0.66666667,
      0.125, 0.33333333, 0,
    ],
  ],
  [
    "F.l1_loss(x, t(q))",
    meanAbsoluteError(),
    q,
    1.20833333,
    [
      0.08333333, -0.08333333, 0.08333333, -0.08333333, -0.08333333, 0.08333333, -0.08333333, 0.08333333,
      -0.08333333, 0.08333333, 0.08333333, 0,
    ],
  ],
  [
    "F.huber_loss(x, t(q), delta=0.5)",
    huber({ delta: 0.5 }),
    q,
    0.49989583,
    [
      0.04166667, -0.04166667, 0.0125, -0.04166667, -0.02083333, 0.04166667, -0.04166667, 0.02083333,
      -0.04166667, 0.04166667, 0.04166667, 0,
    ],
  ],
  [
    "F.huber_loss(x, t(q), delta=2.0)",
    huber({ delta: 2 }),
    q,
    1.24510417,
    [
      0.05, -0.04166667, 0.0125, -0.16666667, -0.02083333, 0.16666667, -0.10416667, 0.02083333, -0.16666667,
      0.0625, 0.16666667, 0,
    ],
  ],
  [
    "F.smooth_l1_loss(x, t(q), beta=1.0)",
    smoothL1(),
    q,
    0.84666667,
    [
      0.05, -0.04166667, 0.0125, -0.08333333, -0.02083333, 0.08333333, -0.08333333, 0.02083333, -0.08333333,
      0.0625, 0.08333333, 0,
    ],
  ],
  [
    "F.smooth_l1_loss(x, t(q), beta=0.5)",
    smoothL1({ beta: 0.5 }),
    q,
    0.99979167,
    [
      0.08333333, -0.08333333, 0.025, -0.08333333, -0.04166667, 0.08333333, -0.08333333, 0.04166667,
      -0.08333333, 0.08333333, 0.08333333, 0,
    ],
  ],
];

describe.each(rows)("%s", (_, loss, target, expected, gradient) => {
  test("gives PyTorch's loss and gradient", async () => {
    const actual = await (await compiled(loss))({ z, q: target });
    expect(actual.loss?.[0]).toBeCloseTo(expected, 5);
    expect(actual.d_z).toHaveLength(gradient.length);
    for (const [index, value] of gradient.entries()) expect(actual.d_z?.[index]).toBeCloseTo(value, 6);
  });
});

test("does not overflow for logits of any size", async () => {
  const extreme = [100, -100, 1000, -1000, 0, 0, 1e-30, 88, -88, 3e4, -3e4, 1];
  for (const loss of [binaryCrossEntropy(), binaryCrossEntropy({ posWeight: 3, classWeights: w })]) {
    const { loss: value, d_z } = await (await compiled(loss))({ z: extreme, q });
    expect([...(value ?? []), ...(d_z ?? [])].every(Number.isFinite)).toBe(true);
  }
});

test("gives a batch of nothing but classes of weight 0 no loss and no gradient", async () => {
  const run = await compiled(softmaxCrossEntropy({ classWeights: [1, 0, 0, 0], normalize: "weights" }));
  const { loss, d_z } = await run({ z, q: [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] });
  expect(loss?.map(Math.abs)).toEqual([0]);
  expect(d_z?.map(Math.abs)).toEqual(new Array(12).fill(0));
});

test("agrees with the loss without weights where all are 1", async () => {
  const ones = [1, 1, 1, 1];
  for (const [plain, weighted] of [
    [softmaxCrossEntropy(), softmaxCrossEntropy({ classWeights: ones, normalize: "weights" })],
    [binaryCrossEntropy(), binaryCrossEntropy({ classWeights: ones, posWeight: 1 })],
  ] as const) {
    const expected = await (await compiled(plain))({ z, q });
    const actual = await (await compiled(weighted))({ z, q });
    expect(actual.loss?.[0]).toBeCloseTo(expected.loss?.[0] ?? Number.NaN, 6);
    for (const [index, value] of (expected.d_z ?? []).entries()) {
      expect(actual.d_z?.[index]).toBeCloseTo(value, 6);
    }
  }
});
