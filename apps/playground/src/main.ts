import { createApp } from "vue";
import PlaygroundApp from "./components/PlaygroundApp.vue";
import "./style/page.css";

createApp(PlaygroundApp).mount("#app");
