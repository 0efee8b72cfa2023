/** The optimizers that are built in. */

import { adabelief, radabelief } from "./adabelief.ts";
import { adadelta } from "./adadelta.ts";
import { adafactor, cadafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamp, cadamp } from "./adamp.ts";
import { adan, adanw, cadan, cadanw } from "./adan.ts";
import { adopt, adoptw, cadopt, cadoptw } from "./adopt.ts";
import { adamwlegacy, cadamw } from "./cadamw.ts";
import { clamb, clambw, lamb, lambc, lambcw, lambw } from "./lamb.ts";
import { claprop, laprop } from "./laprop.ts";
import { larc, lars, nlarc, nlars } from "./lars.ts";
import { clion, lion } from "./lion.ts";
import { madgrad, madgradw } from "./madgrad.ts";
import { cmars, mars } from "./mars.ts";
import { adamuon, muon, nadamuon, nmuon } from "./muon.ts";
import { cnadamw, nadam, nadamw } from "./nadam.ts";
import { novograd } from "./novograd.ts";
import type { OptimizerDefinition } from "./optimizer-definition.ts";
import { radam, radamw } from "./radam.ts";
import { crmsproptf, rmsprop, rmsproptf } from "./rmsprop.ts";
import { csgdw, momentum, nesterov, nesterovw, sgd, sgdw } from "./sgd.ts";
import { csgdp, sgdp } from "./sgdp.ts";

/** Name of an optimizer that is built in. */
export type BuiltInOptimizerName =
  | "adabelief"
  | "adadelta"
  | "adafactor"
  | "adagrad"
  | "adam"
  | "adamax"
  | "adamp"
  | "adamuon"
  | "adamw"
  | "adamwlegacy"
  | "adan"
  | "adanw"
  | "adopt"
  | "adoptw"
  | "cadafactor"
  | "cadamp"
  | "cadamw"
  | "cadan"
  | "cadanw"
  | "cadopt"
  | "cadoptw"
  | "clamb"
  | "clambw"
  | "claprop"
  | "clion"
  | "cmars"
  | "cnadamw"
  | "crmsproptf"
  | "csgdp"
  | "csgdw"
  | "lamb"
  | "lambc"
  | "lambcw"
  | "lambw"
  | "laprop"
  | "larc"
  | "lars"
  | "lion"
  | "madgrad"
  | "madgradw"
  | "mars"
  | "momentum"
  | "muon"
  | "nadam"
  | "nadamuon"
  | "nadamw"
  | "nesterov"
  | "nesterovw"
  | "nlarc"
  | "nlars"
  | "nmuon"
  | "novograd"
  | "radabelief"
  | "radam"
  | "radamw"
  | "rmsprop"
  | "rmsproptf"
  | "sgd"
  | "sgdp"
  | "sgdw";

/**
 * Every optimizer that is built in: the one list of them. No `import * as`, of which a bundler makes a helper that it may
 * put beside a worker's entry; the threads of onnxruntime-web would then run that entry.
 */
export const builtInOptimizers: readonly OptimizerDefinition[] = [
  adabelief,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamp,
  adamuon,
  adamw,
  adamwlegacy,
  adan,
  adanw,
  adopt,
  adoptw,
  cadafactor,
  cadamp,
  cadamw,
  cadan,
  cadanw,
  cadopt,
  cadoptw,
  clamb,
  clambw,
  claprop,
  clion,
  cmars,
  cnadamw,
  crmsproptf,
  csgdp,
  csgdw,
  lamb,
  lambc,
  lambcw,
  lambw,
  laprop,
  larc,
  lars,
  lion,
  madgrad,
  madgradw,
  mars,
  momentum,
  muon,
  nadam,
  nadamuon,
  nadamw,
  nesterov,
  nesterovw,
  nlarc,
  nlars,
  nmuon,
  novograd,
  radabelief,
  radam,
  radamw,
  rmsprop,
  rmsproptf,
  sgd,
  sgdp,
  sgdw,
];
