// Written from the definitions: npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u
import type { Flag } from "../arguments.ts";

/** Names of the definitions that are built in, by kind. */
export const builtInNames: {
  readonly schedule: readonly string[];
  readonly optimizer: readonly string[];
  readonly engine: readonly string[];
  readonly task: readonly string[];
} = {
  schedule: ["constant","cosine","exponential","invsqrt","linear","multistep","onecycle","plateau","poly","step","tanh","wsd"],
  optimizer: ["adadelta","adafactor","adagrad","adam","adamax","adamw","adamwlegacy","cadafactor","cadamw","clamb","clambw","clion","cmars","cnadamw","crmsproptf","csgdw","lamb","lambc","lambcw","lambw","larc","lars","lion","mars","momentum","nadam","nadamw","nesterov","nlarc","nlars","novograd","radam","rmsprop","rmsproptf","sgd","sgdw"],
  engine: ["auto","cuda","dml","native","wasm","webgpu"],
  task: ["classification","multi-label","regression"],
};

/** Flags of the definitions that are built in. */
export const definitionFlags: Readonly<Record<never, Flag>> = {
};
