/** The optimizers that are built in, each under its name. */
export { adadelta } from "./adadelta.ts";
export { adafactor } from "./adafactor.ts";
export { adagrad } from "./adagrad.ts";
export { adam, adamw } from "./adam.ts";
export { adamax } from "./adamax.ts";
export { lamb, lambc, lambw } from "./lamb.ts";
export { larc, lars, nlarc, nlars } from "./lars.ts";
export { lion } from "./lion.ts";
export { nadam, nadamw } from "./nadam.ts";
export { radam } from "./radam.ts";
export { rmsprop, rmsproptf } from "./rmsprop.ts";
export { momentum, nesterov, sgd, sgdw } from "./sgd.ts";
