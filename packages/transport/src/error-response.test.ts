import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseErrorDocument } from "./error-response.ts";

describe("an error document", () => {
  it("in JSON gives its four fields, text or number", () => {
    const text =
      '{"Code":"FlowExceeded","Message":"Slow \\"down\\".","RequestId":"R1","HostId":"h","HoldClientMillis":"500"}';
    expect(parseErrorDocument(text)).toEqual({
      code: "FlowExceeded",
      message: 'Slow "down".',
      requestId: "R1",
      holdClientMs: 500,
    });
    expect(parseErrorDocument('{"HoldClientMillis":250}').holdClientMs).toBe(250);
  });

  it("holds a client for ten seconds at most, and only for a number", () => {
    expect(parseErrorDocument('{"HoldClientMillis":"60000"}').holdClientMs).toBe(10_000);
    expect(parseErrorDocument('{"HoldClientMillis":"-1"}').holdClientMs).toBeUndefined();
    expect(parseErrorDocument('{"HoldClientMillis":"long"}').holdClientMs).toBeUndefined();
    expect(parseErrorDocument('{"HoldClientMillis":null}').holdClientMs).toBeUndefined();
  });

  it("in JSON may wrap its fields in Error", () => {
    expect(parseErrorDocument('{"Error":{"Code":"NoSuchTable","Message":"m"}}').code).toBe("NoSuchTable");
  });

  it("in XML is read with entities, CDATA and any blanks", () => {
    const text = `\n<?xml version="1.0"?>
      <Error><Code> NoSuchObject </Code><Message>a &lt;b&gt; &amp;&#38;&#x4e2d; &nope; &#9999999;</Message><RequestId></RequestId></Error>`;
    expect(parseErrorDocument(text)).toEqual({
      code: "NoSuchObject",
      message: "a <b> &&中 &nope; &#9999999;",
      requestId: undefined,
      holdClientMs: undefined,
    });
    expect(parseErrorDocument("<Error><Message><![CDATA[a <b> & c]]></Message></Error>").message).toBe(
      "a <b> & c",
    );
  });

  it("that is cut off still gives the fields that are whole", () => {
    expect(parseErrorDocument('{"Code":"NoSuchUpload","RequestId":"R1","Message":"The upl')).toEqual({
      code: "NoSuchUpload",
      message: undefined,
      requestId: "R1",
      holdClientMs: undefined,
    });
    expect(parseErrorDocument("<Error><Code>NoSuchTable</Code><Message>not fou").code).toBe("NoSuchTable");
  });

  it.each([
    "",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"Code":{}}',
    "<html>",
    "<Code>",
    "no such thing",
    '{"Code":""}',
  ])("is no document: %j", (text) => {
    const nothing = { code: undefined, message: undefined, requestId: undefined, holdClientMs: undefined };
    expect(parseErrorDocument(text)).toEqual(nothing);
  });

  it("never fails, whatever the bytes", () => {
    const pieces = fc.constantFrom(
      "<Code>",
      "</Code>",
      '"Code"',
      ":",
      '"',
      "\\",
      "{",
      "}",
      "&#",
      ";",
      "a",
      " ",
      "<![CDATA[",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
        const { code, holdClientMs } = parseErrorDocument(parts.join(""));
        expect(["string", "undefined"]).toContain(typeof code);
        expect(holdClientMs ?? 0).toBeLessThanOrEqual(10_000);
      }),
    );
  });

  it("of hostile repetition is read in one pass", () => {
    for (const piece of [
      "<Code>",
      '"Code"',
      '"Code":"',
      "<Message><![CDATA[",
      "&#1",
      '"Code" '.padEnd(100),
    ]) {
      expect(parseErrorDocument(piece.repeat(Math.floor(65_536 / piece.length))).code).toBeUndefined();
    }
  });
});
