/** The site: its pages, their order, and how they are built. */
import { defineConfig } from "vitepress";
import { PLACEHOLDER, relocate } from "./relocate.ts";
import { navigation, sidebar } from "./sidebar.ts";

const repository = "https://github.com/tsimm/tsimm";
const building = process.env["NODE_ENV"] === "production";

export default defineConfig({
  title: "tsimm",
  description:
    "timm's training recipe in TypeScript: learning-rate schedules, training, figures, without Python.",
  lang: "en",
  base: building ? PLACEHOLDER : "/",
  markdown: { math: true, theme: { light: "github-light", dark: "github-dark" } },
  themeConfig: {
    nav: navigation,
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository }],
    footer: { message: "Apache-2.0. Not affiliated with the authors of timm." },
  },
  buildEnd: ({ outDir }) => relocate(outDir),
});
