import { CodecError } from "@maxcompute-tunnel/codec";
import { ServiceError } from "@maxcompute-tunnel/service";
import { SessionError, type SessionErrorCode } from "@maxcompute-tunnel/session";
import { TunnelError, type TunnelErrorCode } from "@maxcompute-tunnel/transport";
import { WriterError } from "@maxcompute-tunnel/writer";
import { TableTunnelError } from "maxcompute-tunnel";
import { describe, expect, it } from "vitest";
import { recordingIo } from "../../test/recording-io.ts";
import { CliError } from "../errors.ts";
import { describeFailure } from "./failure.ts";
import { noAftermath, writeFailure } from "./write-failure.ts";

const transport = (code: TunnelErrorCode, serviceCode?: string): TunnelError =>
  new TunnelError("no", { code, operation: "put block", serviceCode, requestId: "R1", status: 400 });

describe("kinds of failure", () => {
  it.each([
    ["network", "network"],
    ["timeout", "network"],
    ["credentials", "credentials"],
    ["permission", "credentials"],
    ["not-found", "not-found"],
    ["conflict", "conflict"],
    ["throttled", "service"],
    ["server", "service"],
    ["redirect", "service"],
    ["corrupt-data", "service"],
  ] as const)("a transport's %s is %s", (code, kind) => {
    expect(describeFailure(transport(code)).kind).toBe(kind);
  });

  it.each([
    ["no-such-session", "not-found"],
    ["session-expired", "not-found"],
    ["session-closed", "conflict"],
    ["block-list-differs", "conflict"],
    ["outcome-unknown", "unknown-outcome"],
    ["missing-partition", "usage"],
    ["invalid-response", "service"],
  ] satisfies [SessionErrorCode, string][])("a session's %s is %s", (code, kind) => {
    expect(describeFailure(new SessionError(code, "no")).kind).toBe(kind);
  });

  it("is that of the reason, where an error only says which step failed", () => {
    const cause = transport("credentials");
    const block = new WriterError("block 3", { code: "block-failed", cause });
    const upload = new TableTunnelError("upload", { code: "upload-failed", cause: block });
    expect(describeFailure(block)).toEqual(describeFailure(cause));
    expect(describeFailure(upload)).toEqual(describeFailure(cause));
    expect(
      describeFailure(new SessionError("commit-failed", "no", { cause: transport("network") })).kind,
    ).toBe("network");
    expect(describeFailure(new ServiceError("invalid-response", "no")).kind).toBe("service");
  });

  it("is usage for what the command line got wrong, wherever it was noticed", () => {
    expect(describeFailure(transport("invalid-request", "InvalidPartitionSpec")).kind).toBe("usage");
    expect(describeFailure(transport("invalid-request", "InvalidArgument")).kind).toBe("service");
    const unsendable = new TunnelError("bad port", { code: "invalid-request", operation: "put block" });
    expect(describeFailure(unsendable).kind).toBe("usage");
    expect(describeFailure(new TableTunnelError("no", { code: "invalid-target" })).kind).toBe("usage");
    expect(describeFailure(new WriterError("no", { code: "compressor-missing" })).kind).toBe("usage");
  });

  it.each([
    ["journal-locked", "conflict"],
    ["journal-damaged", "state"],
    ["journal-failed", "state"],
    ["source-changed", "input"],
    ["nothing-to-resume", "not-found"],
    ["outcome-unknown", "unknown-outcome"],
  ] as const)("of a journalled upload is, for %s, %s", (code, kind) => {
    expect(describeFailure(new WriterError("no", { code })).kind).toBe(kind);
  });

  it("is that of the missing key, where no key could be had to send", () => {
    const cause = new CliError("credentials-unavailable", "The helper failed.", { next: "Run it by hand." });
    const error = new TunnelError("the credentials provider failed", {
      code: "credentials",
      operation: "create upload session",
      cause,
    });
    expect(describeFailure(error)).toMatchObject({
      kind: "credentials",
      code: "credentials-unavailable",
      message: "The helper failed.",
      next: "Run it by hand.",
    });
  });

  it("is data for a value and service for a type nobody knows", () => {
    expect(describeFailure(new CodecError("out-of-range", "no")).kind).toBe("data");
    expect(describeFailure(new CodecError("invalid-type", "no")).kind).toBe("service");
  });

  it("is internal for anything unexpected, with a request to report it", () => {
    expect(describeFailure(new TypeError("x is undefined"))).toMatchObject({
      kind: "internal",
      message: "TypeError: x is undefined.",
      next: expect.stringContaining("please report it"),
    });
    expect(describeFailure("what").message).toBe("what.");
  });
});

describe("writeFailure", () => {
  const command = { name: "upload", argv: ["upload", "a b.csv", "p.t"], json: false };

  it("writes the sentence, the service's facts and the exact command", () => {
    const io = recordingIo();
    const failure = describeFailure(
      new SessionError("session-critical", "it is\n  broken", { serviceCode: "Oops", requestId: "R9" }),
    );
    expect(
      writeFailure(
        io,
        command,
        { ...failure, next: "Try", again: ["--retries", "9"] },
        { ...noAftermath, safe: "All is well." },
      ),
    ).toBe(9);
    expect(io.err()).toBe(
      "error: it is broken.\n  the service said: Oops, request id R9\n  All is well.\n  next: Try: mctunnel upload 'a b.csv' p.t --retries 9\n",
    );
    expect(io.out()).toBe("");
  });

  it("does not repeat what the message says, nor a command that is very long", () => {
    const io = recordingIo();
    const failure = describeFailure(transport("network", "Oops"));
    const argv = ["upload", ...Array.from({ length: 100 }, (_, index) => `file${index}.csv`), "p.t"];
    writeFailure(
      io,
      { ...command, argv },
      { ...failure, message: "put block: Oops (request id R1)." },
      noAftermath,
    );
    expect(io.err()).toBe(
      "error: put block: Oops (request id R1).\n  next: Check the endpoint and the network, then try again, with the same command.\n",
    );
  });

  it("is red on a terminal, unless NO_COLOR is set", () => {
    const failure = describeFailure(new CliError("invalid-usage", "No."));
    const color = recordingIo({ terminalColumns: 80 });
    writeFailure(color, command, failure, noAftermath);
    expect(color.err()).toBe("\u001b[31merror:\u001b[39m No.\n");
    const plain = recordingIo({ terminalColumns: 80, env: { NO_COLOR: "1" } });
    writeFailure(plain, command, failure, noAftermath);
    expect(plain.err()).toBe("error: No.\n");
  });
});
