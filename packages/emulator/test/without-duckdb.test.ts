import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** Starts an emulator in a process where the package cannot be found, and prints what is said about it. */
const program = `
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "@duckdb/node-api") {
        throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
      }
      return next(specifier, context);
    },
  });
  const { startEmulator } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
  const emulator = await startEmulator({ tables: ["create table t (id bigint)"] });
  for (const sql of ["create table u as select 1 as x", "insert into t values (1)", "drop table t"]) {
    console.log(await emulator.createTable(sql).then(() => "done", (error) => error.message));
  }
  await emulator.close();
`;

it("only queries need DuckDB, and say so where it is missing", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  const missing =
    "ODPS-0130161:[1,1] Parse exception - queries need the package @duckdb/node-api; install it beside the emulator";
  expect(stdout.split("\n")).toEqual([missing, missing, "done", ""]);
});
