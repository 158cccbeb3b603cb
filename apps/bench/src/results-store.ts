import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const folder = new URL("../results/", import.meta.url);

/** What a suite measured last; `before` is what it measured the time before. */
export async function readResult<T>(id: string, before = false): Promise<T | undefined> {
  const text = await readFile(placeOf(id, before), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** Keeps a result; the one that was there becomes the one before. */
export async function keepResult(id: string, result: unknown): Promise<void> {
  const place = placeOf(id, false);
  const old = await readFile(place, "utf8").catch(() => undefined);
  await mkdir(dirname(placeOf(id, true)), { recursive: true });
  if (old !== undefined) await writeFile(placeOf(id, true), old);
  await writeFile(place, `${JSON.stringify(result, null, 1)}\n`);
}

function placeOf(id: string, before: boolean): string {
  return fileURLToPath(new URL(`${before ? "before/" : ""}${id}.json`, folder));
}
