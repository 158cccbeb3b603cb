import type { CodecErrorCode } from "../errors.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { crcStart, crcValue, feed4 } from "../wire/crc32c.ts";
import { endMetricsTag, metricsTag, packChecksumTag } from "./stream-tags.ts";

/** How a footer is read. */
export interface FooterRules {
  readonly maxFieldBytes: number;
  readonly metrics: "allow" | "refuse";
}

/** Which part of the footer was read last. */
type Part = "count" | "metrics" | "metrics-checksum" | "pack-checksum";

/** Reads the footer of a record stream behind its count: a metrics block perhaps, and the checksum of checksums. */
export class FooterReader {
  /** CRC-32C of all record checksums, once {@link isWhole}. */
  checksum = 0;
  /** Text of the metrics block, if there was one. */
  metrics: string | undefined;
  readonly #rules: FooterRules;
  #last: Part = "count";

  constructor(rules: FooterRules) {
    this.#rules = rules;
  }

  get isWhole(): boolean {
    return this.#last === "pack-checksum";
  }

  /**
   * Takes what stands behind a tag. False when it is not whole.
   *
   * @param start where in the source the tag stood.
   * @param packCrc what the checksum of checksums has to be.
   */
  take(source: ByteSource, tag: number, start: number, packCrc: number): boolean {
    if (tag === packChecksumTag && this.#last !== "metrics") return this.#takePackChecksum(source, packCrc);
    if (tag === endMetricsTag && this.#last === "metrics") return this.#takeMetricsChecksum(source);
    const isMetrics = tag === metricsTag && this.#last === "count";
    if (isMetrics && this.#rules.metrics === "allow") return this.#takeMetrics(source);
    source.pos = start;
    if (isMetrics) throw source.bad("metrics-not-allowed", "the checksum of the pack", "a metrics block");
    const expected = `the checksum of the ${this.#last === "metrics" ? "metrics" : "pack"}`;
    throw source.bad("bad-tag", expected, `tag ${tag}`);
  }

  /** Checksummed as if it were a record with one field. */
  #takeMetrics(source: ByteSource): boolean {
    source.crc = feed4(crcStart, 1);
    if (!source.takeBytes(this.#rules.maxFieldBytes)) return false;
    const text = source.text();
    if (text === undefined) throw source.bad("bad-utf8", "metrics in UTF-8", "other bytes");
    this.metrics = text;
    this.#last = "metrics";
    return true;
  }

  #takeMetricsChecksum(source: ByteSource): boolean {
    const at = source.offset;
    if (!source.takeChecksum()) return false;
    const crc = crcValue(source.crc);
    if (source.number !== crc) {
      throw badChecksum("metrics-checksum-mismatch", "the metrics", crc, source.number, at);
    }
    this.#last = "metrics-checksum";
    return true;
  }

  #takePackChecksum(source: ByteSource, packCrc: number): boolean {
    const at = source.offset;
    if (!source.takeChecksum()) return false;
    if (source.number !== packCrc) {
      throw badChecksum("pack-checksum-mismatch", "the pack", packCrc, source.number, at);
    }
    this.checksum = packCrc;
    this.#last = "pack-checksum";
    return true;
  }
}

export function badChecksum(
  code: CodecErrorCode,
  what: string,
  computed: number,
  stated: number,
  offset: number,
): BadBytes {
  return new BadBytes(code, `the checksum of ${what} to be ${hex(computed)}`, hex(stated), offset);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
