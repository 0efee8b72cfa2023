/** The figure of a schedule with links into this site. */
import { withBase } from "vitepress";
import { defineAsyncComponent, type FunctionalComponent, h } from "vue";

// Loaded by the pages that show one.
const ScheduleFigure = defineAsyncComponent(() => import("@tsimm/playground/components/ScheduleFigure.vue"));

/** `ScheduleFigure` whose link leads to the site's playground, wherever the page lies. */
export const SiteScheduleFigure: FunctionalComponent = (_, { attrs }) =>
  h(ScheduleFigure, { playground: withBase("/playground.html"), ...attrs });
