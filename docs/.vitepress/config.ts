/** The site: its pages, their order, and how they are built. */
import { defineConfig } from "vitepress";
import { linkTypes } from "./api/link-types.ts";
import { generate } from "./generate.ts";
import { PLACEHOLDER, relocate } from "./relocate.ts";
import { navigation, sidebar } from "./sidebar.ts";

const repository = "https://github.com/tsimm/tsimm";
const base = process.env["NODE_ENV"] === "production" ? PLACEHOLDER : "/";
<<<<<<< HEAD
const iconFile = new URL("../../apps/playground/src/style/icon.svg", import.meta.url);
const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(iconFile, "utf8").trim())}`;
=======
>>>>>>> publish
const { api, reference, schedules } = await generate(repository);

export default defineConfig({
  title: "tsimm",
  description:
    "timm's training recipe in TypeScript: learning-rate schedules, training, figures, without Python.",
  lang: "en",
  base,
  markdown: {
    math: true,
    theme: { light: "github-light", dark: "github-dark" },
    codeTransformers: [linkTypes(api.exports, base)],
  },
  themeConfig: {
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
  buildEnd: ({ outDir }) => relocate(outDir),
});
