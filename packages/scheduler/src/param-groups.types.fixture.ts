/** Parameter groups that must compile, and some that must not. Compiled by a test, never run. */
import { fromTfjs, type OptimizerLike, PlateauLRScheduler, StepLRScheduler } from "./index.ts";

interface Group {
  lr: number;
  momentum: number;
}

interface NestedOptimizer {
  readonly paramGroups: readonly Group[];
}

class ClassGroup {
  lr = 0.1;
  readonly params: readonly Float32Array[] = [];
  #private = 1;
  get secret(): number {
    return this.#private;
  }
}

class ClassOptimizer {
  readonly paramGroups: ClassGroup[] = [new ClassGroup()];
  step(): void {}
}

interface WithoutRate {
  weightDecay: number;
}

/** Every kind of group. */
export function compileAll(
  ofInterface: { paramGroups: Group[] },
  ofReadonly: NestedOptimizer,
  ofOther: { paramGroups: WithoutRate[] },
  ofOptional: { paramGroups: { lr?: number; lrScale: number | undefined }[] },
  ofFields: { paramGroups: { readonly [field: string]: unknown }[] },
  ofTuple: { readonly paramGroups: readonly [Group, ClassGroup] },
): OptimizerLike[] {
  const options = { decayT: 30 };
  for (const optimizer of [ofInterface, ofReadonly, ofOptional, ofFields, ofTuple, new ClassOptimizer()]) {
    new StepLRScheduler(optimizer, options).step(1);
  }
  new StepLRScheduler(ofOther, { ...options, paramGroupField: "weightDecay" });
  new StepLRScheduler({ paramGroups: [{ lr: 0.1, momentum: 0.9, params: [] }] }, options);
  const { optimizer } = new PlateauLRScheduler(fromTfjs({ learningRate: 0.1 }));
  const rate: number | undefined = optimizer.paramGroups[0]?.lr;
  // @ts-expect-error text is no learning rate
  new StepLRScheduler({ paramGroups: [{ lr: "0.1" }] }, options);
  // @ts-expect-error a group is an object
  new StepLRScheduler({ paramGroups: [rate] }, options);
  return [ofInterface, ofReadonly, ofTuple, optimizer];
}
