import { crc32c, decodeRecords, encodeRecords, frameArrow, unframeArrow } from "@maxcompute-tunnel/codec";
import { type ColumnSpec, parseType } from "@maxcompute-tunnel/codec/schema";
import {
  authorizationV1,
  authorizationV4,
  canonicalString,
  type HeaderFields,
  scopeDate,
  signableRequest,
} from "@maxcompute-tunnel/transport/signing";
import { fromHex, short, toHex } from "./hex.ts";
import { TesteeError } from "./testee-error.ts";
import { toInput } from "./value-input.ts";
import { toOutput } from "./value-output.ts";

type Request = Readonly<Record<string, unknown>>;

/** Every operation by the name that cases call it. */
export const operations: ReadonlyMap<unknown, (request: Request) => object | Promise<object>> = new Map([
  ["encode", encode],
  ["decode", decode],
  ["crc32c", (request: Request) => ({ crc32c: crc32c(fromHex(request["hex"], "hex")) })],
  ["sign", sign],
  ["arrow-frame", arrowFrame],
  ["arrow-unframe", (request: Request) => ({ hex: toHex(unframeArrow(fromHex(request["hex"], "hex"))) })],
]);

function encode(request: Request): object {
  const columns = schemaOf(request);
  const types = columns.map(({ type }) => parseType(type));
  const records = listOf(request, "records");
  const rows = records.map((record, row) => {
    if (!Array.isArray(record)) {
      throw new TesteeError(
        "bad-shape",
        `Row ${row}: Expected an array in schema order, got ${short(record)}`,
      );
    }
    return record.map((value: unknown, index) => {
      const type = types[index];
      const name = columns[index]?.name;
      // A value too many is for the library to refuse.
      return type === undefined ? value : toInput(type, value, `Row ${row}, column ${name}`);
    });
  });
  return { hex: toHex(encodeRecords(columns, rows)) };
}

function decode(request: Request): object {
  const columns = schemaOf(request);
  const types = columns.map(({ type }) => parseType(type));
  const bytes = fromHex(request["hex"], "hex");
  const rows = decodeRecords(columns, bytes, { invalidUtf8: "bytes", rowShape: "array" });
  return { records: rows.map((row) => types.map((type, index) => toOutput(type, row[index]))) };
}

async function sign(request: Request): Promise<object> {
  const key = {
    accessKeyId: textOf(request, "accessKeyId"),
    accessKeySecret: textOf(request, "accessKeySecret"),
  };
  const stringToSign = canonicalString(
    signableRequest({
      method: textOf(request, "method"),
      endpoint: textOf(request, "endpoint"),
      url: textOf(request, "url"),
      headers: headersOf(request),
    }),
  );
  switch (request["version"]) {
    case "v1":
      return { authorization: await authorizationV1(stringToSign, key), stringToSign };
    case "v4": {
      const scope = { date: dayOf(request), region: textOf(request, "region") };
      return { authorization: await authorizationV4(stringToSign, key, scope), stringToSign };
    }
    default:
      throw new TesteeError(
        "bad-request",
        `Expected version to be "v1" or "v4", got ${short(request["version"])}`,
      );
  }
}

/** The UTC day of a V4 scope: `yyyyMMdd`, or any date text that names a moment. */
function dayOf(request: Request): string {
  const date = textOf(request, "date");
  if (/^\d{8}$/.test(date)) return date;
  const moment = new Date(date);
  if (Number.isNaN(moment.getTime())) {
    throw new TesteeError("bad-request", `Expected date to be a day such as "20240102", got ${short(date)}`);
  }
  return scopeDate(moment);
}

function arrowFrame(request: Request): object {
  const chunkBytes = request["chunkSize"];
  if (chunkBytes !== undefined && chunkBytes !== null && typeof chunkBytes !== "number") {
    throw new TesteeError(
      "bad-request",
      `Expected chunkSize to be a number of bytes, got ${short(chunkBytes)}`,
    );
  }
  const payload = fromHex(request["hex"], "hex");
  return { hex: toHex(frameArrow(payload, typeof chunkBytes === "number" ? { chunkBytes } : {})) };
}

function schemaOf(request: Request): readonly ColumnSpec[] {
  return listOf(request, "schema").map((column) => {
    const { name, type, nullable } = (column ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== "string" || typeof type !== "string") {
      throw new TesteeError("bad-request", `Expected a column with name and type, got ${short(column)}`);
    }
    if (nullable === undefined) return { name, type };
    if (typeof nullable !== "boolean") {
      throw new TesteeError(
        "bad-request",
        `Column ${name}: Expected nullable to be true or false, got ${short(nullable)}`,
      );
    }
    return { name, type, nullable };
  });
}

function listOf(request: Request, name: string): readonly unknown[] {
  const value = request[name];
  if (!Array.isArray(value))
    throw new TesteeError("bad-request", `Expected ${name} to be an array, got ${short(value)}`);
  return value;
}

function textOf(request: Request, name: string): string {
  const value = request[name];
  if (typeof value !== "string")
    throw new TesteeError("bad-request", `Expected ${name} to be a string, got ${short(value)}`);
  return value;
}

function headersOf(request: Request): HeaderFields {
  const headers = request["headers"] ?? {};
  const plain = typeof headers === "object" && !Array.isArray(headers);
  if (!plain || Object.values(headers).some((value) => typeof value !== "string")) {
    throw new TesteeError(
      "bad-request",
      `Expected headers to be an object of strings, got ${short(headers)}`,
    );
  }
  return headers as Readonly<Record<string, string>>;
}
