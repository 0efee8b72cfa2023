/** States of optimizers as tsimm writes them: timm's go on from them as ours do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { optimizerToTorch } from "../packages/tsimm/src/checkpoint/timm/optimizer-to-torch.ts";
import type { Parameter } from "../packages/tsimm/src/models/model.ts";
import { createOptimizerV2 } from "../packages/tsimm/src/optim/create-optimizer.ts";
import type { Optimizer } from "../packages/tsimm/src/optim/optimizer.ts";
import { optimizerDefinitions } from "../packages/tsimm/src/optim/optimizers.ts";
import { paramGroupsWeightDecay } from "../packages/tsimm/src/optim/param-groups.ts";
import { encodeTorchFile } from "../packages/tsimm/src/weights/torch/encode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../packages/tsimm/src/weights/torch/torch-value.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

// Debian's, which has python3-torch.
const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("pytorch/timm_optimizers.py", import.meta.url));
const path = process.env["TSIMM_TIMM"];
const timm =
  path === undefined
    ? null
    : await required("timm", () =>
        run(python, ["-c", `import sys; sys.path.insert(0, "${path}"); import timm`]),
      );
if (path === undefined) {
  process.stderr.write("\nSKIPPED: TSIMM_TIMM does not name a folder with timm, its tests did not run\n\n");
}

const folder = await mkdtemp(join(tmpdir(), "tsimm-timm-"));
afterAll(() => rm(folder, { recursive: true }));

/** Adafactor keeps means of rows and columns of what is larger than 16 x 16. */
const shapes = { "conv.weight": [18, 17, 1, 1], "bn.weight": [2], "fc.weight": [2, 3], "fc.bias": [2] };
const [lr, weightDecay, steps] = [0.01, 0.05, 7];

/** Names of what another version of PyTorch computes otherwise. */
const OTHERWISE = {
  nadam: "before PyTorch 2.0 the momentum is multiplied into its product twice",
  radamw: "before PyTorch 2.0 RAdam has no decoupled decay",
};

const names = [
  ...optimizerDefinitions()
    .filter(({ name, torch }) => torch !== undefined && !(name in OTHERWISE))
    .map(({ name }) => name),
  ...["lookahead_adamw", "lookahead_sgd"],
];

function numbers(count: number, times: number, modulus: number, plus = 0): Float32Array {
  const at = (i: number) => (((times * i + plus) % modulus) - (modulus - 1) / 2) / 10;
  return Float32Array.from({ length: count }, (_, i) => at(i));
}

function step(optimizer: Optimizer, parameters: readonly Parameter[], number: number): void {
  for (const parameter of parameters) parameter.grad = numbers(parameter.data.length, 7, 11, 3 * number);
  optimizer.step();
}

/** An optimizer after some updates, as a value of PyTorch's files; and the weights after two more. */
function caseOf(opt: string): { readonly value: TorchValue; readonly weights: Record<string, number[]> } {
  const parameters: Parameter[] = Object.entries(shapes).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: numbers(count, 5, 13), grad: null };
  });
  const groups = paramGroupsWeightDecay({ parameters, noWeightDecay: [] }, { weightDecay });
  const optimizer = createOptimizerV2(groups, { opt, lr, weightDecay });
  for (let number = 0; number < steps; number++) step(optimizer, parameters, number);
  const state = optimizerToTorch(optimizer.stateDict(), new Map(Object.entries(shapes)));
  const value = new Map<string, TorchValue>([
    ["opt", opt],
    ["lr", lr],
    ["weight_decay", weightDecay],
    ["steps", steps],
    [
      "weights",
      new Map(
        parameters.map(({ name, shape, data }) => {
          return [name, new TorchTensor({ dtype: "F32", shape, data: data.slice() })];
        }),
      ),
    ],
    ["optimizer", structuredState(state)],
  ]);
  for (const number of [steps, steps + 1]) step(optimizer, parameters, number);
  return { value, weights: Object.fromEntries(parameters.map(({ name, data }) => [name, [...data]])) };
}

/** A copy: the arrays are the optimizer's own. */
function structuredState(value: TorchValue): TorchValue {
  if (value instanceof TorchTensor) return new TorchTensor({ ...value, data: value.data.slice() });
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, structuredState(one)]));
  return value;
}

test.skipIf(timm === null)("timm's optimizers go on from our states as ours do", async () => {
  const cases = names.map(caseOf);
  const file = join(folder, "states.pth");
  await writeFile(file, encodeTorchFile(cases.map(({ value }) => value)));
  const { stdout } = await run(python, [script, file], { maxBuffer: 2 ** 26 });
  const theirs = JSON.parse(stdout) as Record<string, Record<string, number[]>>;
  expect(Object.keys(theirs)).toEqual(names);
  for (const [i, name] of names.entries()) {
    for (const [weight, ours] of Object.entries(cases[i]?.weights ?? {})) {
      const errors = ours.map((value, k) => Math.abs(value - (theirs[name]?.[weight]?.[k] ?? Number.NaN)));
      // float32 arithmetic in another order.
      expect([name, weight, Math.max(...errors)]).toEqual([name, weight, expect.closeTo(0, 6)]);
    }
  }
});
