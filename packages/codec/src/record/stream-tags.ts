/**
 * The tags that are not fields, as the number a tag's varint holds: field number × 8 + wire type.
 * (protocol: MaxCompute Tunnel, record stream layout)
 */

/** Behind every record, followed by its checksum. Field number 33553408. */
export const endRecordTag: number = 33_553_408 * 8;
/** Begins the footer, followed by the number of records. Field number 33554430. */
export const recordCountTag: number = 33_554_430 * 8;
/** Ends the footer, followed by the checksum of all record checksums. Field number 33554431. */
export const packChecksumTag: number = 33_554_431 * 8;
/** The text of a metrics block: field 1, with a length. */
export const metricsTag: number = 1 * 8 + 2;
/** Behind the metrics text, followed by its checksum. Field number 33554176. */
export const endMetricsTag: number = 33_554_176 * 8;

/** Field numbers from here on are not columns. */
export const firstReservedField = 33_553_408;
