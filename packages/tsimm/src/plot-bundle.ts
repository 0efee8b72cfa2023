/** `tsimm/tsimm-plot.js`: schedulers and figures as one file, for a page with a script tag. */

export * from "@tsimm/scheduler";
export * from "./plot.ts";
