import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStatements } from "../../src/sql/parse-statements.ts";
import { readInsert, readQuery } from "../../src/sql/query/parse-query.ts";
import { isSqlError } from "../../src/sql/sql-error.ts";
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
    fc.assert(
      fc.property(fc.gen(), (generate) => {
        const sql = makeSentence(grammar, "statements", {
          below: (below) => generate(fc.nat, { max: below - 1 }),
        });
        try {
          for (const statement of parseStatements(sql)) {
            if (statement.kind === "create-table-as") readQuery(statement.query);
            if (statement.kind === "query" && statement.verb !== "insert") readQuery(statement.query);
            if (statement.kind === "query" && statement.verb === "insert") readInsert(statement.query);
          }
          read += 1;
        } catch (error) {
          // A sentence may still contradict itself, by naming a column twice for example.
          if (!isSqlError(error) || error.code === "parse") throw new Error(sql, { cause: error });
        }
      }),
      { numRuns: 3000, seed: 20_240_102 },
    );
    expect(read).toBeGreaterThan(2000);
  });
});
