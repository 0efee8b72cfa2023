/** Entry of `train.html`. */
import { createApp } from "vue";
import TrainPage from "./TrainPage.vue";
import "../style/page.css";

createApp(TrainPage).mount("#app");
