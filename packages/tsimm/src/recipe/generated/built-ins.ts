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
  optimizer: ["adabelief","adadelta","adafactor","adagrad","adam","adamax","adamc","adamp","adamuon","adamw","adamwlegacy","adan","adanw","adopt","adoptc","adoptw","cadafactor","cadamc","cadamp","cadamw","cadan","cadanw","cadopt","cadoptc","cadoptw","clamb","clambw","claprop","clion","clionc","cmars","cnadamc","cnadamw","crmsproptf","csgdc","csgdp","csgdw","lamb","lambc","lambcd","lambcw","lambw","laprop","lapropc","larc","lars","lion","lionc","madgrad","madgradw","mars","momentum","muon","nadam","nadamc","nadamuon","nadamw","nesterov","nesterovw","nlarc","nlars","nmuon","novograd","radabelief","radam","radamw","rmsprop","rmsproptf","rmsproptfc","sgd","sgdc","sgdp","sgdw"],
  engine: ["auto","cuda","dml","native","wasm","webgpu"],
  task: ["classification","multi-label","regression"],
};

/** Flags of the definitions that are built in. */
export const definitionFlags: Readonly<Record<never, Flag>> = {
};
