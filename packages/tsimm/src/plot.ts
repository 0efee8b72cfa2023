/**
 * Schedules before a run, and figures, without an engine: for pages and programs that only draw.
 *
 * @module
 */

export { linearTicks, logTicks, roundStep } from "./plot/axis-ticks.ts";
export { drawFigure } from "./plot/draw-figure.ts";
export type { Figure, FigureEvent, Panel, Series } from "./plot/figure.ts";
export { FIGURE_THEMES, type FigureTheme, type FigureThemeName } from "./plot/figure-theme.ts";
export {
  type FigureOptions,
  type FigurePanel,
  type FigureScale,
  type PlottedFigure,
  plotFigure,
} from "./plot/plot-figure.ts";
export { type RateRange, rateRangeFigure } from "./plot/rate-range-figure.ts";
export { tickLabel, tickLabels } from "./plot/tick-label.ts";
export {
  type CurveMetric,
  type CurveRow,
  type CurvesFigureOptions,
  curvesFigure,
  type LearningRateFigureOptions,
  learningRateFigure,
  type RateSeries,
} from "./plot/training-figures.ts";
export { curvesCsv, curvesJson, type ScheduleCurve, type ScheduleCurves } from "./preview/curve-text.ts";
export { type ScheduleEvent, scheduleEvents } from "./preview/events.ts";
export type { ScheduleArgs } from "./preview/schedule-args.ts";
export {
  perUpdate,
  type SimulatedSchedule,
  type SimulationOptions,
  simulateSchedule,
} from "./preview/simulate.ts";
export { type MetricContext, scheduleWarnings } from "./preview/warnings.ts";
export type { ArgumentName, Flag, TrainArguments } from "./recipe/arguments.ts";
export { scheduleFlags, simulateFlags } from "./recipe/schedule-flags.ts";
