/**
 * Renders the figures of the scheduler's README, `packages/scheduler/images/*.svg`, as the PNG files that it shows: npm's
 * pages are not sure to show SVG. After `npm run build`: `node tools/readme-images.mjs`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svgToPng } from "tsimm";

const folder = fileURLToPath(new URL("../packages/scheduler/images/", import.meta.url));
for (const name of readdirSync(folder).filter((file) => file.endsWith(".svg"))) {
  const png = await svgToPng(readFileSync(`${folder}${name}`, "utf8"));
  writeFileSync(`${folder}${name.replace(/svg$/, "png")}`, png);
}
