import { inspect } from "node:util";
import { secretWatch } from "./watch.ts";

/** A listener for events, each of which the watch sees first, with every error in it. */
export function watched<Event>(listener: (event: Event) => unknown): (event: Event) => void {
  return (event) => {
    secretWatch().look(
      inspect(event, { depth: 10, maxStringLength: null, maxArrayLength: null }),
      "an event",
    );
    listener(event);
  };
}
