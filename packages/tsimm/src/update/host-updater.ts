/** Updates on the host: an engine computes gradients, the rest is arithmetic over arrays in place. */
import type { Parameter } from "../models/model.ts";
import { clipGradients, globalNorm } from "../optim/clip.ts";
import { hostStore } from "../state/host-store.ts";
import { DivergedError } from "./diverged-error.ts";
import type { UpdateParts, UpdateRunner } from "./update-runner.ts";

/** Opens the session of an updater whose state lies in the arrays of its parts. */
export async function createHostUpdater<Batch>(parts: UpdateParts<Batch>): Promise<UpdateRunner<Batch>> {
  const { programs, optimizer, average, clipGrad, clipMode } = parts;
  const { parameters } = programs.whole;
  /** With those that are frozen, which have no gradient: `agc` counts the classifier from the end. */
  const all = parts.state.model.parameters;
  const session = await parts.openSession();

  async function gradients(batches: readonly Batch[], update: number): Promise<number> {
    const share = 1 / batches.length;
    let loss = 0;
    let sums: (Float32Array | null)[] = [];
    for (const [index, batch] of batches.entries()) {
      loss += share * (await session.run(batch, [update, index])).loss;
      if (batches.length > 1) sums = accumulate(parameters, sums, share);
    }
    if (batches.length > 1) {
      for (const [i, parameter] of parameters.entries()) parameter.grad = sums[i] ?? null;
    }
    return loss;
  }

  return {
    store: hostStore(parts.state),
    async run(batches, update) {
      const loss = await gradients(batches, update);
      const gradNorm =
        clipGrad === null ? globalNorm(parameters) : clipGradients(all, { clipGrad, clipMode });
      if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw new DivergedError(loss, gradNorm);
      optimizer.step();
      average?.update(update + 1);
      return { loss, gradNorm };
    },
    finishEpoch: async () => optimizer.syncLookahead?.(),
    close: () => session.close(),
  };
}

function accumulate(
  parameters: readonly Parameter[],
  sums: readonly (Float32Array | null)[],
  share: number,
): (Float32Array | null)[] {
  return parameters.map(({ grad }, i) => {
    const sum = sums[i] ?? (grad === null ? null : new Float32Array(grad.length));
    if (grad === null || sum === null) return sum;
    for (let k = 0; k < grad.length; k++) sum[k] = (sum[k] as number) + share * (grad[k] as number);
    return sum;
  });
}
