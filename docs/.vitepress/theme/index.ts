/** The default theme with the colours of tsimm, and the components that pages may use. */

import PlaygroundApp from "@tsimm/playground/components/PlaygroundApp.vue";
import ScheduleFigure from "@tsimm/playground/components/ScheduleFigure.vue";
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "@tsimm/playground/style/tokens.css";
import TrainFrame from "./TrainFrame.vue";
import "./site.css";
import "./home.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("ScheduleFigure", ScheduleFigure);
    app.component("PlaygroundApp", PlaygroundApp);
    app.component("TrainFrame", TrainFrame);
  },
};

export default theme;
