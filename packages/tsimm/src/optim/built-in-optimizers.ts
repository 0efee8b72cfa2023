/** The optimizers that are built in. */
import { adadelta } from "./adadelta.ts";
import { adafactor, cadafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamwlegacy, cadamw } from "./cadamw.ts";
import { clamb, clambw, lamb, lambc, lambcw, lambw } from "./lamb.ts";
import { larc, lars, nlarc, nlars } from "./lars.ts";
import { clion, lion } from "./lion.ts";
import { cmars, mars } from "./mars.ts";
import { adamuon, muon, nadamuon, nmuon } from "./muon.ts";
import { cnadamw, nadam, nadamw } from "./nadam.ts";
import { novograd } from "./novograd.ts";
import type { OptimizerDefinition } from "./optimizer-definition.ts";
import { radam } from "./radam.ts";
import { crmsproptf, rmsprop, rmsproptf } from "./rmsprop.ts";
import { csgdw, momentum, nesterov, sgd, sgdw } from "./sgd.ts";

/** Name of an optimizer that is built in. */
export type BuiltInOptimizerName =
  | "adadelta"
  | "adafactor"
  | "adagrad"
  | "adam"
  | "adamw"
  | "adamwlegacy"
  | "adamax"
  | "adamuon"
  | "cadafactor"
  | "cadamw"
  | "clamb"
  | "clambw"
  | "clion"
  | "cmars"
  | "cnadamw"
  | "crmsproptf"
  | "csgdw"
  | "lamb"
  | "lambc"
  | "lambcw"
  | "lambw"
  | "larc"
  | "lars"
  | "nlarc"
  | "nlars"
  | "lion"
  | "mars"
  | "muon"
  | "nadamuon"
  | "nadam"
  | "nadamw"
  | "novograd"
  | "nmuon"
  | "radam"
  | "rmsprop"
  | "rmsproptf"
  | "momentum"
  | "nesterov"
  | "sgd"
  | "sgdw";

/**
 * Every optimizer that is built in: the one list of them. No `import * as`, of which a bundler makes a helper that it may
 * put beside a worker's entry; the threads of onnxruntime-web would then run that entry.
 */
export const builtInOptimizers: readonly OptimizerDefinition[] = [
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamw,
  adamwlegacy,
  adamax,
  adamuon,
  cadafactor,
  cadamw,
  clamb,
  clambw,
  clion,
  cmars,
  cnadamw,
  crmsproptf,
  csgdw,
  lamb,
  lambc,
  lambcw,
  lambw,
  larc,
  lars,
  nlarc,
  nlars,
  lion,
  mars,
  muon,
  nadamuon,
  nadam,
  nadamw,
  novograd,
  nmuon,
  radam,
  rmsprop,
  rmsproptf,
  momentum,
  nesterov,
  sgd,
  sgdw,
];
