/** Signatures of the classes for pages that a person wrote, read when the site is built. */

import { schedulerNames } from "@tsimm/scheduler";
import { createMarkdownRenderer, type SiteConfig } from "vitepress";
import { signatureText } from "./signature.ts";
import { subjectOf } from "./subject.ts";

/** A class. */
export interface Signature {
  /** Highlighted code. */
  readonly html: string;
  /** Path of the source and line. */
  readonly place: string;
  readonly link: string;
}

/** What the pages get, by the name of the class. */
export declare const data: Readonly<Record<string, Signature>>;

export default {
  watch: ["../../../packages/scheduler/src/schedules/*.ts"],
  async load(): Promise<typeof data> {
    const { srcDir, markdown, site, logger } = siteConfig();
    const renderer = await createMarkdownRenderer(srcDir, markdown, site.base, logger);
    const subjects = schedulerNames().map(subjectOf);
    const signatures = subjects.flatMap((subject): [string, Signature][] => {
      const { className, classFacts } = subject;
      if (className === null || classFacts === null) return [];
      const html = renderer.render(`\`\`\`ts\n${signatureText(subject)}\n\`\`\``);
      return [[className, { html, place: `${classFacts.file}:${classFacts.line}`, link: classFacts.link }]];
    });
    return Object.fromEntries(signatures);
  },
};

/** VitePress keeps the configuration of the running build here. */
function siteConfig(): SiteConfig {
  const config: unknown = Reflect.get(globalThis, "VITEPRESS_CONFIG");
  if (typeof config !== "object" || config === null) throw new Error("signatures: no site is being built");
  return config as SiteConfig;
}
