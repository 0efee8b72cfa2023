/** The figure of a schedule with links into this site. */
import ScheduleFigure from "@tsimm/playground/components/ScheduleFigure.vue";
import { withBase } from "vitepress";
import { type FunctionalComponent, h } from "vue";

/** `ScheduleFigure` whose link leads to the site's playground, wherever the page lies. */
export const SiteScheduleFigure: FunctionalComponent = (_, { attrs }) =>
  h(ScheduleFigure, { playground: withBase("/playground.html"), ...attrs });
