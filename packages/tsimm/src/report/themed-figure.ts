/** Figures inside a page that is light or dark. */

/** Colours of figures, by the names that a page gives them. */
const COLOURS: Readonly<Record<string, string>> = {
  "#ffffff": "var(--card)",
  "#1f2937": "var(--ink)",
  "#000000": "var(--ink)",
  "#6b7280": "var(--soft)",
  "#e5e7eb": "var(--grid)",
  "#9ca3af": "var(--rule)",
  "#0072b2": "var(--s0)",
  "#d55e00": "var(--s1)",
  "#009e73": "var(--s2)",
  "#cc79a7": "var(--s3)",
  "#e69f00": "var(--s4)",
  "#56b4e9": "var(--s5)",
};

/** How a figure is shown. */
export interface FigureLayout {
  /** Least and most pixels that it is wide; between them it fills the page. */
  readonly least: number;
  readonly most: number;
  /** true: its own blue and vermilion on dark pages too, where text is written on them. */
  readonly isWrittenOn?: boolean;
}

/**
 * The markup of a figure for a page: its colours follow the page's, and it scrolls sideways where the page is narrow.
 *
 * @param svg - A document of this package.
 * @param label - For people who do not see it; markup.
 */
export function themedFigure(
  svg: string,
  label: string,
  { least, most, isWrittenOn = false }: FigureLayout,
): string {
  const style = `width:max(${least}px,min(100%,${most}px))`;
  const themed = svg
    .replace(/="(#[0-9a-f]{6})"/g, (all, colour: string) =>
      COLOURS[colour] === undefined ? all : `="${COLOURS[colour]}"`,
    )
    .replace(/^<svg /, `<svg role="img" aria-label="${label}" style="${style}" `)
    .trimEnd();
  return `<div class="figure${isWrittenOn ? " written" : ""}" tabindex="0">${themed}</div>`;
}

/** Width of a figure in its own units. */
export function figureWidth(svg: string): number {
  return Number(/^<svg [^>]*?\bwidth="([\d.]+)"/.exec(svg)?.[1] ?? 800);
}
