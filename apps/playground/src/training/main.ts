/** Entry of `train.html`. */
import { createApp } from "vue";
import TrainPage from "./TrainPage.vue";

createApp(TrainPage).mount("#app");
