import { onBeforeUnmount, onMounted, type ShallowRef, watch } from "vue";
import { decodeState, encodeState } from "../schedule/address.ts";
import { defaultState } from "../schedule/default-settings.ts";
import type { PlaygroundState } from "../schedule/settings.ts";

/** Milliseconds without a change before the address follows: browsers allow few changes a second. */
const PAUSE = 250;

/**
 * Keeps the state in the address of the page, and takes it from there: at the start, from a pasted link, and where
 * one goes back or forward.
 *
 * @param replace - Shows another state.
 */
export function useAddress(
  state: Readonly<ShallowRef<PlaygroundState>>,
  replace: (state: PlaygroundState) => void,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The hash as it was read or written last. */
  let known = "";

  /** Path of the page; a site goes on to another before this one is taken down. */
  let path = "";

  function read(): void {
    const { hash, pathname } = location;
    if (hash === known || pathname !== path) return;
    known = hash;
    clearTimeout(timer);
    replace(decodeState(hash) ?? defaultState());
  }

  function write(): void {
    const hash = encodeState(state.value);
    if (hash === known || location.pathname !== path) return;
    known = hash;
    history.replaceState(history.state, "", hash);
  }

  onMounted(() => {
    path = location.pathname;
    read();
    addEventListener("hashchange", read);
    addEventListener("popstate", read);
  });
  onBeforeUnmount(() => {
    clearTimeout(timer);
    removeEventListener("hashchange", read);
    removeEventListener("popstate", read);
  });
  watch(state, () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE);
  });
}
