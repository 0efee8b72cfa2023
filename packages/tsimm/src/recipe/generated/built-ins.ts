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
export const definitionFlags: Readonly<Record<"pctStart" | "divFactor" | "finalDivFactor" | "anneal" | "lb" | "ub" | "decayShape", Flag>> = {
  pctStart: {"type":"float","default":0.3,"above":0,"below":1,"group":"Schedule","help":"share of the run in which the rate rises (onecycle)","savedIfSet":true},
  divFactor: {"type":"float","default":25,"above":0,"group":"Schedule","help":"peak divided by the first rate (onecycle)","savedIfSet":true},
  finalDivFactor: {"type":"float","default":10000,"above":0,"group":"Schedule","help":"first rate divided by the last one (onecycle)","savedIfSet":true},
  anneal: {"type":"string","default":"cos","choices":["cos","linear"],"group":"Schedule","help":"shape of the rise and of the fall (onecycle)","savedIfSet":true},
  lb: {"type":"float","default":-7,"group":"Schedule","help":"argument of tanh at the start of a cycle, below --ub (tanh)","savedIfSet":true},
  ub: {"type":"float","default":3,"group":"Schedule","help":"argument of tanh at the end of a cycle (tanh)","savedIfSet":true},
  decayShape: {"type":"string","default":"linear","choices":["linear","cosine","sqrt"],"group":"Schedule","help":"shape of the decay (wsd)","savedIfSet":true},
};
