/** Prose of the schedules' pages: a Markdown file each, with the settings of its figures on top. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SettingValue } from "@tsimm/playground/schedule/settings.ts";
import { parse } from "yaml";

/** A setting that the gallery of a page shows. */
export interface GalleryEntry {
  /** Options of the class. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Count of t. */
  readonly length: number;
  /** What it shows, in Markdown. */
  readonly text: string;
}

/** The live figure of a page. */
export interface FigureSettings {
  readonly args: Readonly<Record<string, SettingValue>>;
  /** Parameters that get a slider. */
  readonly controls: readonly string[];
}

/** What a person wrote about a schedule. */
export interface Prose {
  readonly title: string;
  /** Base value of the gallery's curves. */
  readonly base: number;
  readonly figure: FigureSettings | null;
  readonly gallery: readonly GalleryEntry[];
  /** Text above the first heading. */
  readonly intro: string;
  /** Text below each heading of the second level, by the heading. */
  readonly sections: ReadonlyMap<string, string>;
}

/** Folder of the files. */
export const proseFolder: string = fileURLToPath(new URL("prose/", import.meta.url));

/**
 * Reads the prose of a schedule.
 *
 * @param name - Name of the schedule, or of another page in the folder.
 * @returns null: nobody has written any, and the page has its generated parts alone.
 */
export function readProse(name: string): Prose | null {
  const file = `${proseFolder}${name}.md`;
  return existsSync(file) ? parseProse(readFileSync(file, "utf8")) : null;
}

/**
 * Parses prose.
 *
 * @param text - YAML between two lines of `---`, then Markdown.
 * @throws Error if there is no such head, or it has no title.
 */
export function parseProse(text: string): Prose {
  const [, head, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const settings: Partial<Prose> | null = parse(head ?? "");
  if (body === undefined || settings === null || typeof settings.title !== "string") {
    throw new Error("parseProse: text must be a head with a title between two lines of ---, then Markdown");
  }
  const { title, base = 0.1, figure = null, gallery = [] } = settings;
  const [intro = "", ...parts] = body.split(/^## /m);
  const sections = new Map(
    parts.map((part): [string, string] => {
      const end = part.indexOf("\n");
      return [part.slice(0, end).trim(), part.slice(end).trim()];
    }),
  );
  return { title, base, figure, gallery, intro: intro.trim(), sections };
}
