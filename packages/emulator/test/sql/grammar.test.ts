import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseStatements } from "../../src/sql/parse-statements.ts";
import { readInsert, readQuery } from "../../src/sql/query/read-query.ts";
import { translateQuery } from "../../src/sql/query/translate-query.ts";
import { isSqlError } from "../../src/sql/sql-error.ts";
import type { Statement } from "../../src/sql/statement.ts";
import { makeSentence, readGrammar } from "./ebnf.ts";

const folder = new URL("../../src/sql/", import.meta.url);
const grammar = readGrammar(readFileSync(new URL("GRAMMAR.md", folder), "utf8"));

describe("GRAMMAR.md", () => {
  it("has one production for every parsing function, and no other", () => {
    const functions = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .flatMap((file) => [
        ...readFileSync(new URL(file, folder), "utf8").matchAll(/^(?:export )?function parse([A-Z]\w*)/gm),
      ])
      .map(([, name = ""]) => name.slice(0, 1).toLowerCase() + name.slice(1));
    expect([...grammar.keys()].sort()).toEqual([...new Set(functions)].sort());
  });

  it("describes nothing that the parser cannot read", () => {
    let read = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const sql = makeSentence(grammar, "statements", drawFrom(seed));
      try {
        for (const statement of parseStatements(sql)) readInside(statement);
        read += 1;
      } catch (error) {
        // A sentence may still contradict itself, by naming a column twice for example.
        if (!isSqlError(error) || error.code === "parse") throw new Error(sql, { cause: error });
      }
    }
    expect(read).toBeGreaterThan(2500);
  });
});

/** Reads a query, and translates it as far as its names go. */
function readInside(statement: Statement): void {
  if (statement.kind === "query" && statement.verb === "insert") {
    readInsert(statement.query);
  } else if (statement.kind === "query" || statement.kind === "create-table-as") {
    translateQuery(readQuery(statement.query), {
      now: new Date(0),
      resolveTable: () => ({ relation: "main.t", columns: [{ name: "a", type: { kind: "bigint" } }] }),
    });
  }
}

/** The same numbers for the same seed (mulberry32). */
function drawFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
