/**
 * Builds what the package holds for pages, in `dist`: `tsimm-plot.js` for a script tag, and `playground/`.
 *
 *     node pages/build.mjs, after tsc -b
 */
import { buildPlayground } from "./build-playground.mjs";
import { bundlePlot } from "./bundle-plot.mjs";

await bundlePlot();
await buildPlayground();
