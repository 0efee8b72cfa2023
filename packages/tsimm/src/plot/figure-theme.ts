/** Colours of figures. */
import { PALETTE } from "./palette.ts";

/** Colours of a figure, as CSS colours: `var(--…)` and `currentColor` are allowed in figures that stay in a page. */
export interface FigureTheme {
  /** Text. */
  readonly ink: string;
  /** Background, and the halo around labels that lie on lines. */
  readonly paper: string;
  readonly grid: string;
  /** Base line and rules. */
  readonly axis: string;
  /** Colours of lines in their order; from the last one on, the first again. */
  readonly palette: readonly [string, ...string[]];
}

/** Names of the themes that are built in. */
export type FigureThemeName = "light" | "dark" | "page";

const LIGHT: FigureTheme = {
  ink: "#1f2937",
  paper: "#ffffff",
  grid: "#e5e7eb",
  axis: "#9ca3af",
  palette: PALETTE,
};

/** The palette's hues, lighter: text of 4.5:1 and more on the dark paper. */
const DARK: FigureTheme = {
  ink: "#e5e7eb",
  paper: "#111827",
  grid: "#293548",
  axis: "#7d8899",
  palette: ["#5ab4f5", "#ff8f4d", "#2cc99b", "#e8a3c9", "#f0b429", "#a3d8ff", "#f9fafb"],
};

/**
 * The themes by name. `page` refers to CSS variables of the page, so that a change of its theme needs no new drawing:
 * `--figure-ink`, `--figure-paper`, `--figure-grid`, `--figure-axis`, `--figure-series-1` to `--figure-series-7`;
 * without them it looks like `light`.
 *
 * @example
 * import { parseHTML } from "linkedom";
 * const { document } = parseHTML("<html></html>"); // a page has its own
 * const figure = learningRateFigure([{ label: "step", rates: [0.1, 0.01] }]);
 * const theme = { ...FIGURE_THEMES.dark, paper: "#000000" };
 * drawFigure(figure, document, { theme }).includes("#000000"); // => true
 */
export const FIGURE_THEMES: Readonly<Record<FigureThemeName, FigureTheme>> = {
  light: LIGHT,
  dark: DARK,
  page: {
    ink: `var(--figure-ink, ${LIGHT.ink})`,
    paper: `var(--figure-paper, ${LIGHT.paper})`,
    grid: `var(--figure-grid, ${LIGHT.grid})`,
    axis: `var(--figure-axis, ${LIGHT.axis})`,
    palette: [
      `var(--figure-series-1, ${LIGHT.palette[0]})`,
      ...LIGHT.palette.slice(1).map((color, i) => `var(--figure-series-${i + 2}, ${color})`),
    ],
  },
};
