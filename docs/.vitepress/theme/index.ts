/** The default theme with the colours of tsimm, and the components that pages may use. */

import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { defineAsyncComponent } from "vue";
import "@tsimm/playground/style/tokens.css";
import { SiteScheduleFigure } from "./schedule-figure.ts";
import TrainFrame from "./TrainFrame.vue";
import "./site.css";
import "./home.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("ScheduleFigure", SiteScheduleFigure);
    app.component(
      "PlaygroundApp",
      defineAsyncComponent(() => import("@tsimm/playground/components/PlaygroundApp.vue")),
    );
    app.component("TrainFrame", TrainFrame);
  },
};

export default theme;
