/** The site: its pages, their order, and how they are built. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { linkTypes } from "./api/link-types.ts";
import { generate } from "./generate.ts";
import { notFoundPage } from "./not-found.ts";
import { PLACEHOLDER, relocate } from "./relocate.ts";
import { navigation, sidebar } from "./sidebar.ts";

const repository = "https://github.com/tsimm/tsimm";
const base = process.env["NODE_ENV"] === "production" ? PLACEHOLDER : "/";
const iconFile = new URL("../../apps/playground/src/style/icon.svg", import.meta.url);
const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(iconFile, "utf8").trim())}`;
const { api, reference, schedules } = await generate(repository);

/** VitePress marks the place in the outline a moment after one scrolled, when the page may have been left. */
const outlineOfLeftPage = {
  name: "outline-of-left-page",
  transform(code: string, id: string): string | null {
    if (!/theme-default\/composables\/outline\.js$/.test(id)) return null;
    const start = "function setActiveLink() {";
    if (!code.includes(start))
      throw new Error("outline-of-left-page: setActiveLink must be in VitePress's theme");
    return code.replace(start, `${start} if (!marker.value) return;`);
  },
};

export default defineConfig({
  title: "tsimm",
  description:
    "timm's training recipe in TypeScript: learning-rate schedules, training, figures, without Python.",
  lang: "en",
  base,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: icon }]],
  // Pages of the API are long, and each names many others.
  router: { prefetchLinks: false },
  markdown: {
    math: true,
    // Of the themes that come with the highlighter, those with 4.5:1 on the ground of a block.
    theme: { light: "github-light-high-contrast", dark: "github-dark-default" },
    codeTransformers: [linkTypes(api.exports, base)],
  },
  themeConfig: {
    logo: { src: icon, alt: "" },
    nav: navigation,
    sidebar: [
      ...sidebar.map((section) => (section.text === schedules.text ? schedules : section)),
      reference,
    ],
    outline: { level: [2, 3] },
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository }],
    footer: { message: "Apache-2.0. Not affiliated with the authors of timm." },
  },
  vite: { plugins: [outlineOfLeftPage] },
  async buildEnd({ outDir }) {
    await relocate(outDir);
    await writeFile(join(outDir, "404.html"), notFoundPage(icon, "/tsimm/"));
  },
});
