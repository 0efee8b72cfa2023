/** The optimizers that are built in. */

import { adabelief, radabelief } from "./adabelief.ts";
import { adadelta } from "./adadelta.ts";
import { adafactor, cadafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamp, cadamp } from "./adamp.ts";
import { adan, adanw, cadan, cadanw } from "./adan.ts";
import { adopt, adoptc, adoptw, cadopt, cadoptc, cadoptw } from "./adopt.ts";
import { adamc, adamwlegacy, cadamc, cadamw } from "./cadamw.ts";
import { clamb, clambw, lamb, lambc, lambcd, lambcw, lambw } from "./lamb.ts";
import { claprop, laprop, lapropc } from "./laprop.ts";
import { larc, lars, nlarc, nlars } from "./lars.ts";
import { clion, clionc, lion, lionc } from "./lion.ts";
import { madgrad, madgradw } from "./madgrad.ts";
import { cmars, mars } from "./mars.ts";
import { adamuon, muon, nadamuon, nmuon } from "./muon.ts";
import { cnadamc, cnadamw, nadam, nadamc, nadamw } from "./nadam.ts";
import { novograd } from "./novograd.ts";
import type { OptimizerDefinition } from "./optimizer-definition.ts";
import { radam, radamw } from "./radam.ts";
import { crmsproptf, rmsprop, rmsproptf, rmsproptfc } from "./rmsprop.ts";
import { csgdc, csgdw, momentum, nesterov, nesterovw, sgd, sgdc, sgdw } from "./sgd.ts";
import { csgdp, sgdp } from "./sgdp.ts";

/** Name of an optimizer that is built in. */
export type BuiltInOptimizerName =
  | "adabelief"
  | "adadelta"
  | "adafactor"
  | "adagrad"
  | "adam"
  | "adamax"
  | "adamc"
  | "adamp"
  | "adamuon"
  | "adamw"
  | "adamwlegacy"
  | "adan"
  | "adanw"
  | "adopt"
  | "adoptc"
  | "adoptw"
  | "cadafactor"
  | "cadamc"
  | "cadamp"
  | "cadamw"
  | "cadan"
  | "cadanw"
  | "cadopt"
  | "cadoptc"
  | "cadoptw"
  | "clamb"
  | "clambw"
  | "claprop"
  | "clion"
  | "clionc"
  | "cmars"
  | "cnadamc"
  | "cnadamw"
  | "crmsproptf"
  | "csgdc"
  | "csgdp"
  | "csgdw"
  | "lamb"
  | "lambc"
  | "lambcd"
  | "lambcw"
  | "lambw"
  | "laprop"
  | "lapropc"
  | "larc"
  | "lars"
  | "lion"
  | "lionc"
  | "madgrad"
  | "madgradw"
  | "mars"
  | "momentum"
  | "muon"
  | "nadam"
  | "nadamc"
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
  | "rmsproptfc"
  | "sgd"
  | "sgdc"
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
  adamc,
  adamp,
  adamuon,
  adamw,
  adamwlegacy,
  adan,
  adanw,
  adopt,
  adoptc,
  adoptw,
  cadafactor,
  cadamc,
  cadamp,
  cadamw,
  cadan,
  cadanw,
  cadopt,
  cadoptc,
  cadoptw,
  clamb,
  clambw,
  claprop,
  clion,
  clionc,
  cmars,
  cnadamc,
  cnadamw,
  crmsproptf,
  csgdc,
  csgdp,
  csgdw,
  lamb,
  lambc,
  lambcd,
  lambcw,
  lambw,
  laprop,
  lapropc,
  larc,
  lars,
  lion,
  lionc,
  madgrad,
  madgradw,
  mars,
  momentum,
  muon,
  nadam,
  nadamc,
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
  rmsproptfc,
  sgd,
  sgdc,
  sgdp,
  sgdw,
];
