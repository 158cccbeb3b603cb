import { afterAll, afterEach, expect } from "vitest";
import { watchErrors } from "./errors.ts";
import { watchFiles } from "./files.ts";
import { collectSecrets } from "./network.ts";
import { watchProcesses } from "./processes.ts";
import { SecretSearch } from "./secret-search.ts";
import { installWatch, type SecretWatch } from "./watch.ts";

// Every test file of the workspace begins with this: no key that a test uses may stand in anything that comes out.

const search = new SecretSearch();
let found = new Set<string>();
const watch: SecretWatch = {
  addSecret: (secret) => search.addText(secret),
  look(text, where) {
    if (search.isEmpty) return;
    const leak = search.find(text);
    if (leak !== undefined)
      found.add(`${leak.form} stands in ${where}, behind ${JSON.stringify(leak.before)}`);
  },
};
const errors = watchErrors();
installWatch(watch);
collectSecrets(search);
watchProcesses(watch);
watchFiles(watch);
watchWriting();

afterEach(refuseLeaks);
afterAll(refuseLeaks);

function refuseLeaks(): void {
  errors.take((text) => watch.look(text, "an error"));
  const leaks = [...found];
  found = new Set();
  expect(leaks, "Secrets in what was put out").toEqual([]);
}

/** Looks at what goes to the terminal. */
function watchWriting(): void {
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    const write = console[method].bind(console);
    console[method] = (...values: unknown[]) => {
      watch.look(values.map(String).join(" "), `console.${method}`);
      write(...values);
    };
  }
  for (const [name, stream] of [
    ["stdout", process.stdout],
    ["stderr", process.stderr],
  ] as const) {
    const write = stream.write.bind(stream) as (...values: unknown[]) => boolean;
    stream.write = ((...values: unknown[]) => {
      watch.look(`${values[0]}`, name);
      return write(...values);
    }) as typeof stream.write;
  }
}
