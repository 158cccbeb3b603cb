import fs, { type PathLike, writeFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { type DiskTrouble, TroubledDisk } from "./disk-trouble.ts";

/**
 * Loaded before a program, troubles the disk below one directory: `TROUBLED_FILES` is JSON of where, of what fails, and of
 * the file that is told what the program asked of it in the end.
 */
export interface TroubledFiles {
  readonly below: string;
  readonly trouble?: DiskTrouble;
  readonly tell?: string;
}

const { below, trouble, tell } = JSON.parse(
  process.env["TROUBLED_FILES"] ?? '{"below":"/nowhere"}',
) as TroubledFiles;
const disk = new TroubledDisk(trouble);
// biome-ignore lint/suspicious/noExplicitAny: functions of every shape are handed on
type Anything = (...parts: any[]) => Promise<any>;
const promises = fs.promises as unknown as Record<string, Anything>;

for (const name of ["open", "rename", "rm", "readdir", "mkdir"]) {
  const original = promises[name]!;
  promises[name] = async (path: PathLike, ...rest: unknown[]) => {
    if (!String(path).startsWith(below)) return await original(path, ...rest);
    const made: unknown = await disk.orFail(name, () => original(path, ...rest));
    return name === "open" ? troubled(made as FileHandle) : made;
  };
}
syncBuiltinESMExports();
if (tell !== undefined) {
  process.on("exit", () => writeFileSync(tell, JSON.stringify(disk.operations)));
}

function troubled(file: FileHandle): FileHandle {
  const methods = file as unknown as Record<string, Anything>;
  for (const name of ["stat", "read", "truncate", "sync", "datasync"]) {
    const original = methods[name]!.bind(file);
    methods[name] = (...parts: unknown[]) => disk.orFail(name, () => original(...parts));
  }
  const write = methods["write"]!.bind(file);
  methods["write"] = async (bytes: Uint8Array, offset: number, length: number, position: number) => {
    const error = disk.note("write");
    if (error === undefined) return await write(bytes, offset, length, position);
    await write(bytes, offset, length >> 1, position);
    throw error;
  };
  const close = methods["close"]!.bind(file);
  methods["close"] = async () => {
    const error = disk.note("close");
    await close();
    if (error !== undefined) throw error;
  };
  return file;
}
