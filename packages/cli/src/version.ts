import { readFileSync } from "node:fs";

/** This package's version, read from its package.json: releases change it there and nowhere else. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
